"""The key ring: random data keys for each tenant and each person, wrapped by a root key that the database never has."""
