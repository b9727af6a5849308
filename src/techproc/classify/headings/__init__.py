"""Subject headings: taken apart, and checked against vocabularies and against use."""

from techproc.classify.headings.checking import RULES, HeadingChecker
from techproc.classify.headings.heading import Heading, heading_of, headings_of
from techproc.classify.headings.sources import build_vocabulary, open_vocabulary
from techproc.classify.headings.vocabulary import Entry, Vocabulary

__all__ = [
    "RULES",
    "Entry",
    "Heading",
    "HeadingChecker",
    "Vocabulary",
    "build_vocabulary",
    "heading_of",
    "headings_of",
    "open_vocabulary",
]
