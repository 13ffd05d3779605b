"""The languages of the pages: whose is which, and the catalogues of what they say."""
