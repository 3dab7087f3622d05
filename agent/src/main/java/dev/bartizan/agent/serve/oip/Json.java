// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.oip;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import dev.bartizan.agent.serve.InferenceRefusal;
import dev.bartizan.agent.serve.InferenceRefusal.Reason;
import dev.bartizan.updater.engine.Shape;
import java.io.IOException;
import java.io.InputStream;

/** How this package reads and writes JSON: streaming, strict, bounded. */
final class Json {
  /** Names of members are the protocol's own, and those of extensions. */
  private static final int MAX_NAME_LENGTH = 256;

  /** They are remembered to find duplicates: a million would cost more than their bytes. */
  private static final int MAX_NAMES = 10_000;

  /** Names of tensors, types, the request's own name. */
  private static final int MAX_TEXT = 4096;

  /** An element of a BYTES tensor; a larger one comes as binary data. */
  static final int MAX_ELEMENT = 1 << 20;

  /** Doubles print with 17 digits; longer numbers are somebody's attempt at our time. */
  private static final int MAX_NUMBER_LENGTH = 128;

  private static final int OWN_NESTING = 8;

  static final JsonFactory FACTORY = factory(MAX_TEXT);
  private static final JsonFactory ELEMENTS = factory(MAX_ELEMENT);

  private Json() {}

  /** Reads a request: what a parser keeps of it is bounded, however large it is. */
  static JsonParser request(InputStream in) throws IOException {
    return new CountingNames(FACTORY.createParser(in));
  }

  /** Reads one array of texts. */
  static JsonParser texts(InputStream in) throws IOException {
    return ELEMENTS.createParser(in);
  }

  private static JsonFactory factory(int longestText) {
    return JsonFactory.builder()
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNameLength(MAX_NAME_LENGTH)
                .maxNumberLength(MAX_NUMBER_LENGTH)
                .maxNestingDepth(Shape.MAX_RANK + OWN_NESTING)
                .maxStringLength(longestText)
                .build())
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
        .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
        .disable(JsonFactory.Feature.CHARSET_DETECTION) // JSON is UTF-8
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES) // clients invent them
        .build();
  }

  /** Ends reading at one name too many, in skipped parts too. */
  private static final class CountingNames extends JsonParserDelegate {
    private int names;

    CountingNames(JsonParser parser) {
      super(parser);
    }

    @Override
    public JsonToken nextToken() throws IOException {
      JsonToken token = delegate.nextToken();
      if (token == JsonToken.FIELD_NAME && ++names > MAX_NAMES) {
        throw new JsonParseException(this, "more than " + MAX_NAMES + " names");
      }
      return token;
    }

    @Override
    public JsonParser skipChildren() throws IOException {
      JsonToken first = currentToken();
      if (first == JsonToken.START_OBJECT || first == JsonToken.START_ARRAY) {
        int open = 1;
        while (open > 0) {
          JsonToken token = nextToken();
          if (token == null) {
            return this; // whoever reads on finds the end
          }
          open += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        }
      }
      return this;
    }
  }

  static InferenceRefusal malformed(String message) {
    return new InferenceRefusal(Reason.MALFORMED, message);
  }

  /**
   * Goes to the value of the member the parser stands on.
   *
   * @return false where it is null, which is a member that is not there
   */
  static boolean hasValue(JsonParser json) throws IOException {
    return json.nextToken() != JsonToken.VALUE_NULL;
  }

  /** Refuses a current token other than this one. */
  static void expect(JsonParser json, JsonToken token, String what) throws InferenceRefusal {
    if (json.currentToken() != token) {
      throw malformed(what + " is missing or of the wrong kind");
    }
  }

  static String text(JsonParser json, String what) throws IOException, InferenceRefusal {
    expect(json, JsonToken.VALUE_STRING, what);
    return json.getText();
  }

  static boolean flag(JsonParser json, String what) throws IOException, InferenceRefusal {
    if (json.currentToken() != JsonToken.VALUE_TRUE) {
      expect(json, JsonToken.VALUE_FALSE, what);
    }
    return json.getBooleanValue();
  }

  static long whole(JsonParser json, String what) throws IOException, InferenceRefusal {
    expect(json, JsonToken.VALUE_NUMBER_INT, what);
    return json.getLongValue();
  }
}
