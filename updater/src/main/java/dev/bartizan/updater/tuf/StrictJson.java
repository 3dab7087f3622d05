package dev.bartizan.updater.tuf;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads JSON in one way only: UTF-8, no duplicate keys, nothing after the end, bounded depth, size
 * and count.
 */
final class StrictJson {
  private static final ObjectReader READER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(Limits.JSON_DEPTH)
                          .maxStringLength(Limits.JSON_STRING)
                          .maxNameLength(Limits.JSON_STRING)
                          .maxNumberLength(Limits.JSON_DIGITS)
                          .maxTokenCount(Limits.JSON_TOKENS)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .readerFor(JsonNode.class);

  private StrictJson() {}

  /**
   * @throws IllegalArgumentException when the bytes are anything else than one strict JSON object;
   *     the message may repeat some of them
   */
  static JsonNode object(byte[] bytes) {
    JsonNode node = parse(bytes);
    if (!node.isObject()) {
      throw new IllegalArgumentException("not a JSON object");
    }
    return node;
  }

  private static JsonNode parse(byte[] bytes) {
    try {
      return READER.readValue(utf8(bytes));
    } catch (JsonProcessingException notJson) {
      throw new IllegalArgumentException(notJson.getOriginalMessage(), notJson);
    }
  }

  /** Decoded here because the parser would guess UTF-16 and UTF-32 and mend broken sequences. */
  private static String utf8(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException notUtf8) {
      throw new IllegalArgumentException("not UTF-8", notUtf8);
    }
  }
}
