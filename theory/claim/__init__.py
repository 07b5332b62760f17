"""What a claim is, and on what grounds it stands."""
