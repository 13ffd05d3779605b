"""The site: character chat and the pages that show what memory did."""
