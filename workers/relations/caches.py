"""How much of what was read is remembered for a while: bounds on the caches of the relate stage.

They bound the memory of a worker that relates, too: a text with its terms takes about 1.2 KB, a pair and its
features .6 KB, a claim as it was read from JSON 4 KB, a word .2 KB. Measured over 600 articles (46,108 claims
and routes, 10,000 different texts): with 2,048 texts 113 MiB and 157 ms of processor an article, with 8,192
110 MiB and 140 ms, with 16,384 118 to 124 MiB and 132 ms.
"""

from typing import Final

TEXTS: Final = 16384
PAIRS: Final = 8192
CLAIMS: Final = 4096
WORDS: Final = 16384
