"""Mechanisms that every module uses; the kernel knows no module."""
