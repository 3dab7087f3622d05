// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.json.JsonReader;
import dev.bartizan.crypto.json.Malformed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CanonicalJsonTest {
  private static String canonical(String json) throws Malformed {
    ObjectNode tree = new JsonReader(Limits.JSON).read(json.getBytes(UTF_8), "it");
    return new String(CanonicalJson.encode(tree), UTF_8);
  }

  @Test
  void leavesOneFormOfEveryValue() throws Exception {
    assertEquals(
        "{\"a\":[true,false,null,{},[]],\"b\":-12,\"c\":\"\"}",
        canonical(" { \"c\" : \"\", \"b\" : -12, \"a\" : [ true, false, null, { }, [ ] ] } "));
  }

  @Test
  void escapesOnlyQuotesAndBackslashes() throws Exception {
    assertEquals(
        "{\"s\":\"\\\"\\\\/\n\t\u007fé€\"}",
        canonical("{\"s\":\"\\\"\\\\\\/\\n\\t\\u007f\\u00e9\\u20ac\"}"));
  }

  @Test
  void sortsKeysByCodePointNotByUtf16Unit() throws Exception {
    // U+FF5E comes before U+1F600, whose first UTF-16 unit is smaller.
    assertEquals(
        "{\"A\":1,\"AB\":2,\"\uff5e\":3,\"\ud83d\ude00\":4}",
        canonical("{\"\ud83d\ude00\":4,\"\uff5e\":3,\"AB\":2,\"A\":1}"));
  }

  @Test
  void keepsIntegersOfAnySize() throws Exception {
    assertEquals(
        "{\"n\":123456789012345678901234567890}",
        canonical("{\"n\":123456789012345678901234567890}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"n\":1.0}", "{\"n\":1e3}", "{\"s\":\"\\ud83d\"}"})
  void hasNoFormForFractionsAndHalfPairs(String json) {
    assertThrows(IllegalArgumentException.class, () -> canonical(json));
  }
}
