"""The learned extractor: a trained Transformer encoder with light heads, in ONNX Runtime.

In reading order: features, labels, geometry, inputs, network, mentions, entities, results, relations, decode,
extractor.
"""

from kg.extract.encoder.extractor import EncoderExtractor

__all__ = ["EncoderExtractor"]
