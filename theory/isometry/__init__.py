"""Tools of joudaki2023: how many layers until a batch is isometric."""
