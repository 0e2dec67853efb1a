"""Filing a declaration: what may stand in it, what is wrong with it, and which steps it takes."""
