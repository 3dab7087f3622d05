// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.json;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.StreamReadConstraints;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReaderTest {
  private static final JsonReader ANY = new JsonReader(StreamReadConstraints.defaults());

  private static String refusal(JsonReader reader, byte[] json) {
    return String.valueOf(
        assertThrows(Malformed.class, () -> reader.read(json, "it")).getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":1,\"a\":2}",
        "{\"a\":{\"b\":1,\"\\u0062\":2}}",
        "{} {}",
        "{}x",
        "{'a':1}",
        "{\"a\":1,}",
        "{\"\\ude00\":1}",
        "[]",
        "null",
        "\"{}\"",
        "{",
        ""
      })
  void whatTwoReadersCouldTakeForDifferentThingsIsRefused(String json) {
    assertTrue(refusal(ANY, json.getBytes(UTF_8)).startsWith("it is not "), json);
  }

  @Test
  void noOtherEncodingIsGuessed() {
    String why = refusal(ANY, "{\"a\":1}".getBytes(UTF_16));
    assertEquals("it is not UTF-8", why);
  }

  @Test
  void boundsAreEachReadersOwn() throws Exception {
    JsonReader narrow = new JsonReader(StreamReadConstraints.builder().maxNestingDepth(2).build());
    byte[] within = "{\"a\":{}}".getBytes(UTF_8);
    byte[] beyond = "{\"a\":{\"b\":{}}}".getBytes(UTF_8);
    assertEquals(1, narrow.read(within, "it").size());
    assertTrue(refusal(narrow, beyond).contains("depth"), refusal(narrow, beyond));
    assertEquals(1, ANY.read(beyond, "it").size());
  }

  @Test
  void aRefusalQuotesOneShortLineAtMost() {
    String why = refusal(ANY, ("{\"a\":\"\n" + "x".repeat(1000)).getBytes(UTF_8));
    assertTrue(why.length() < 200 && why.lines().count() == 1, why);
  }
}
