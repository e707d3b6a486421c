"""Maker and checker: who must agree to what, where and from which amount; requests and decisions."""
