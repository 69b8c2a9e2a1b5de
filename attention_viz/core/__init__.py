"""Values that everything else passes around: numpy only, immutable, no model and no screen."""
