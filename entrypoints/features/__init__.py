"""The manifests of the product's features: one file each, and no other list of them."""
