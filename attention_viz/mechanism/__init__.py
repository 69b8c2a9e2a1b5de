"""Attention from the ground up: every step a few lines of plain PyTorch, with its formula, shapes and source.

Read it in this order: scoring (how well does a key fit a query?), masks (which keys may be seen?), normalising (from
scores to weights), attention (the weighted sum), multihead (several side by side), pooling (one vector for a text).
"""
