"""How much of what was read is remembered for a while: bounds on the caches of the relate stage.

They bound the memory of a worker that relates, too: a text with its terms takes about 3 KB, a pair and its
features .6 KB, a claim as it was read from JSON 4 KB, a word .2 KB. Measured over 600 articles (46,108 claims
and routes): with 2,048 texts 116 MiB and 195 ms of processor an article, with 8,192 133 MiB and 165 ms, with
65,536 172 MiB, growing on, and 156 ms.
"""

from typing import Final

TEXTS: Final = 16384
PAIRS: Final = 8192
CLAIMS: Final = 4096
WORDS: Final = 16384
