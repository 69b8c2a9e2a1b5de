"""What leaves the program: values as bytes of common file formats."""
