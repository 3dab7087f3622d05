package dev.bartizan.crypto.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * JSON as this house reads it: UTF-8, one document, no key twice, bounded in depth and length.
 *
 * <p>Two parsers that disagree about a duplicate key are a way past a signature, so there is one
 * parser and it refuses.
 */
public final class StrictJson {
  private static final int MAX_DEPTH = 16;
  private static final int MAX_NUMBER_DIGITS = 20;

  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxNumberLength(MAX_NUMBER_DIGITS)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private StrictJson() {}

  /**
   * Reads one JSON object.
   *
   * @param limit the most bytes to look at
   * @param what the document's name, for messages
   */
  public static JsonFields read(byte[] json, int limit, String what) throws Malformed {
    if (json.length > limit) {
      throw new Malformed(what + " has " + json.length + " bytes, more than " + limit);
    }
    return JsonFields.of(what, parse(utf8(json, what), what));
  }

  /** An empty object to fill and {@link #write}. */
  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** UTF-8, without white space, members in the order they were put in. */
  public static byte[] write(JsonNode json) {
    try {
      return MAPPER.writeValueAsBytes(json);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("a tree can always be written", impossible);
    }
  }

  /** The same for people: indented, with a final line feed. */
  public static byte[] writeIndented(JsonNode json) {
    return (json.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static JsonNode parse(String json, String what) throws Malformed {
    try {
      return MAPPER.readTree(json);
    } catch (IOException notJson) {
      throw new Malformed(what + " is not the JSON we accept: " + reason(notJson), notJson);
    }
  }

  /** Without the location, which quotes what somebody sent us. */
  private static String reason(IOException problem) {
    String reason =
        problem instanceof JsonProcessingException json
            ? json.getOriginalMessage()
            : String.valueOf(problem.getMessage());
    String oneLine = reason.replaceAll("\\p{Cntrl}", " ");
    return oneLine.length() <= 120 ? oneLine : oneLine.substring(0, 120) + "…";
  }

  private static String utf8(byte[] json, String what) throws Malformed {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
    } catch (CharacterCodingException notText) {
      throw new Malformed(what + " is not UTF-8", notText);
    }
  }
}
