"""The steps of ``claimwire demo``, and the reader that shows what comes out."""
