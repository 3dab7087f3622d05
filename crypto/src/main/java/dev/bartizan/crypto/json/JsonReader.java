// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads JSON objects in one way only: UTF-8, one document, no key twice, within bounds.
 *
 * <p>Two parsers that disagree about a duplicate key are a way past a signature, so whatever is
 * signed or encrypted is parsed here, and formats differ in their bounds alone.
 */
public final class JsonReader {
  private final ObjectMapper mapper;

  /**
   * @param bounds what a document may at most be made of; its length is the caller's to limit
   */
  public JsonReader(StreamReadConstraints bounds) {
    this.mapper =
        JsonMapper.builder(
                JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES) // strangers invent them
                    .streamReadConstraints(bounds)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
  }

  /**
   * Reads one object.
   *
   * @param what the document's name, for messages
   */
  public ObjectNode read(byte[] json, String what) throws Malformed {
    try {
      if (mapper.readTree(utf8(json, what)) instanceof ObjectNode object) {
        return object;
      }
      throw new Malformed(what + " is not a JSON object");
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

  /** Decoded here because the parser would guess UTF-16 and UTF-32 and mend broken sequences. */
  private static String utf8(byte[] json, String what) throws Malformed {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
    } catch (CharacterCodingException notText) {
      throw new Malformed(what + " is not UTF-8", notText);
    }
  }
}
