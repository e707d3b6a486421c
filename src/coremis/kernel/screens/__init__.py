"""Pages: lists, details, actions, and the frame around them."""
