"""The product as people meet it: a real server and worker, driven by a real browser."""
