"""Annotated papers -> the shipped model. Needs the `train` extra."""
