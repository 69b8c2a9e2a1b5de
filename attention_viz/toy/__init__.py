"""Small models that learn while one watches: their tasks, their training, and what they become.

`training.train` is the whole of it; a task is a file in tasks/.
"""
