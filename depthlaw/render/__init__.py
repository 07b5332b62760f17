"""How results look: pages for people, JSON for programs."""
