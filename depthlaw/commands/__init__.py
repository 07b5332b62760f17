"""The commands, one file each; `app` makes an application of them."""
