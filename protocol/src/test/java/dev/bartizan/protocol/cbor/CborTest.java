// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.cbor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.json.Malformed;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CborTest {
  private static final int LIMIT = 1 << 16;

  private static Cbor read(String hex) throws Malformed {
    return Cbor.read(Bytes.ofHex(hex), LIMIT, "document");
  }

  /** RFC 8949, appendix A: the examples of the kinds that we take. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "00",
        "01",
        "0a",
        "17",
        "1818",
        "1819",
        "1864",
        "1903e8",
        "1a000f4240",
        "1b000000e8d4a51000",
        "20",
        "29",
        "3863",
        "3903e7",
        "f4",
        "f5",
        "c11a514b67b0",
        "d74401020304",
        "d818456449455446",
        "40",
        "4401020304",
        "60",
        "6161",
        "6449455446",
        "62225c",
        "62c3bc",
        "63e6b0b4",
        "64f0908591",
        "80",
        "83010203",
        "8301820203820405",
        "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
        "a0",
        "a201020304",
        "a26161016162820203",
        "826161a161626163",
        "a56161614161626142616361436164614461656145"
      })
  void whatTheStandardShowsIsReadAndWrittenBack(String hex) throws Exception {
    assertEquals(hex, read(hex).write().hex());
  }

  @ParameterizedTest
  @CsvSource({
    "'', it ends in the middle",
    "1800, shortest",
    "190017, shortest",
    "1900ff, shortest",
    "1a0000ffff, shortest",
    "1b00000000ffffffff, shortest",
    "5800, shortest",
    "1bffffffffffffffff, more than 63 bits",
    "3bffffffffffffffff, more than 63 bits",
    "1c, not said in advance",
    "5f42010243030405ff, not said in advance",
    "9f0102ff, not said in advance",
    "bf6161019ff, not said in advance",
    "f6, simple value",
    "f7, simple value",
    "f93e00, floating point",
    "fb3ff199999999999a, floating point",
    "0000, 1 bytes too many",
    "44010203, in the middle",
    "5b7fffffffffffffff, in the middle",
    "9b7fffffffffffffff, in the middle",
    "bb7fffffffffffffff, in the middle",
    "61ff, not UTF-8",
    "a201020102, twice or out of order",
    "a202030102, twice or out of order",
    "a2616101010203, twice or out of order"
  })
  void whatHasAnotherEncodingIsRefused(String hex, String reason) {
    String even = hex.length() % 2 == 0 ? hex : hex + "f";
    Malformed refused = assertThrows(Malformed.class, () -> read(even));
    assertTrue(String.valueOf(refused.getMessage()).contains(reason), refused.getMessage());
  }

  @Test
  void whatIsNestedDeepIsRefusedBeforeTheStackEnds() {
    assertThrows(Malformed.class, () -> read("81".repeat(5_000) + "00"));
    assertThrows(Malformed.class, () -> read("c1".repeat(5_000) + "00"));
  }

  @Test
  void whatIsTooLongIsNotLookedAt() {
    Bytes long1 = Bytes.of(new byte[LIMIT + 1]);
    assertThrows(Malformed.class, () -> Cbor.read(long1, LIMIT, "document"));
  }

  @Test
  void aMapHasNoMoreMembersThanAnyDocument() throws Exception {
    assertEquals(1024, ((Cbor.Map) Cbor.read(ofMembers(1024), LIMIT, "document")).members().size());
    assertThrows(Malformed.class, () -> Cbor.read(ofMembers(1025), LIMIT, "document"));
  }

  private static Bytes ofMembers(int count) {
    CborMembers members = new CborMembers();
    for (int key = 0; key < count; key++) {
      members.put(Label.of(key, "key"), key);
    }
    return members.map().write();
  }

  @Test
  void bytesAtRandomAreRefusedOrHaveThisOneEncoding() throws Exception {
    Random random = new Random(7);
    int taken = 0;
    for (int i = 0; i < 200_000; i++) {
      byte[] noise = new byte[1 + random.nextInt(12)];
      random.nextBytes(noise);
      try {
        assertEquals(Bytes.of(noise), Cbor.read(Bytes.of(noise), LIMIT, "noise").write());
        taken++;
      } catch (Malformed refused) {
        // Most of it.
      }
    }
    assertTrue(taken > 100, taken + " were taken");
  }

  @Test
  void keysAreInOrderWhicheverCameFirst() {
    Cbor.Map one =
        new CborMembers()
            .put(Label.of("b"), 1)
            .put(Label.of(-1, "x"), 2)
            .put(Label.of("a"), 3)
            .map();
    assertEquals("a3200261610361620" + "1", one.write().hex());
  }
}
