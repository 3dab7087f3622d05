package dev.bartizan.agent.serve.oip;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import dev.bartizan.agent.serve.InferenceRefusal;
import dev.bartizan.agent.serve.InferenceRefusal.Reason;
import dev.bartizan.updater.onnx.Shape;
import java.io.IOException;

/** How this package reads and writes JSON: streaming, strict, bounded. */
final class Json {
  private static final int MAX_NAME_LENGTH = 1024;

  /** Doubles print with 17 digits; longer numbers are somebody's attempt at our time. */
  private static final int MAX_NUMBER_LENGTH = 128;

  private static final int OWN_NESTING = 8;

  static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNameLength(MAX_NAME_LENGTH)
                  .maxNumberLength(MAX_NUMBER_LENGTH)
                  .maxNestingDepth(Shape.MAX_RANK + OWN_NESTING)
                  .maxStringLength(Integer.MAX_VALUE) // the body's limit is the limit
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
          .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
          .disable(JsonFactory.Feature.CHARSET_DETECTION) // JSON is UTF-8
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES) // clients invent them
          .build();

  private Json() {}

  static InferenceRefusal malformed(String message) {
    return new InferenceRefusal(Reason.MALFORMED, message);
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
