// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.crypto.tpm.TpmHash;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReferenceValuesTest {
  private static final PcrValues TWO = values("sha256:4,7", 1, 2);

  @Test
  void whatWasLearnedFromAGoldenDeviceIsGoodOnItsTwin() throws Exception {
    ReferenceValues learned = ReferenceValues.parse(ReferenceValues.learn("kiosk", TWO).toJson());
    assertEquals(Verdict.GOOD, learned.judge(TWO).overall());
  }

  @Test
  void anotherValueIsBadAndNamesBoth() {
    ChainVerdict verdict = ReferenceValues.learn("kiosk", TWO).judge(values("sha256:4,7", 1, 3));
    assertEquals(Verdict.BAD, verdict.overall());
    assertTrue(verdict.faults().startsWith("pcr sha256:7: expected 0202"), verdict.faults());
  }

  @Test
  void aPcrWithoutReferenceIsUnknownAndNeverGood() {
    ReferenceValues learned = ReferenceValues.learn("kiosk", values("sha256:4", 1));
    assertEquals(Verdict.UNKNOWN, learned.judge(TWO).overall());
    assertEquals(Verdict.UNKNOWN, new ChainVerdict(List.of()).overall());
  }

  @Test
  void aDocumentOfAnotherShapeIsRefused() {
    for (String json :
        List.of(
            "{}",
            "{\"schema\":\"bartizan-reference/1\",\"profile\":\"x\",\"pcrs\":{"
                + "\"sha1:4\":[\"%1$s\",\"%2$s\"],\"sha1:7\":[\"%1$s\",\"%2$s\"]}}"
                    .formatted("aa".repeat(20), "bb".repeat(20)),
            "{\"schema\":\"bartizan-reference/9\",\"profile\":\"x\",\"pcrs\":{}}",
            "{\"schema\":\"bartizan-reference/1\",\"profile\":\"x\",\"pcrs\":{\"7\":[]}}",
            "{\"schema\":\"bartizan-reference/2\",\"profile\":\"x\",\"boots\":[{\"pcrs\":{},"
                + "\"open\":[23]}]}")) {
      assertThrows(
          Malformed.class, () -> ReferenceValues.parse(json.getBytes(StandardCharsets.UTF_8)));
    }
  }

  private static PcrValues values(String selection, int... fill) {
    PcrSelection all = PcrSelection.parse("sha256:0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15");
    PcrValues values = new PcrValues(all, Collections.nCopies(16, Bytes.of(new byte[32])));
    int next = 0;
    for (int pcr : PcrSelection.parse(selection).banks().get(0).pcrs()) {
      Bytes value = Bytes.ofHex(String.join("", Collections.nCopies(32, "0" + fill[next++])));
      values = values.with(TpmHash.SHA256, pcr, value);
    }
    return values;
  }

  @Test
  void demandedSettingsTravelWithTheBootsAndTheLaterWordCounts() throws Exception {
    Map<String, Set<String>> demanded = Map.of("swap", Set.of("none", "encrypted"));
    ReferenceValues some = ReferenceValues.none("p").demanding(demanded);
    assertEquals(some, ReferenceValues.parse(some.toJson()));
    assertEquals(demanded, some.or(ReferenceValues.none("p")).settings());
    assertEquals(demanded, some.leavingOpen(Set.of(1)).settings());
    Map<String, Set<String>> other = Map.of("ptrace", Set.of("2"));
    assertEquals(other, some.or(ReferenceValues.none("p").demanding(other)).settings());
  }

  @Test
  void aSettingThatAcceptsNothingOrTheUnknownIsRefused() {
    for (String settings :
        List.of(
            "{}",
            "{\"swap\":[]}",
            "{\"swap\":[\"unknown\"]}",
            "{\"swap\":[\"none\",\"unknown\"]}",
            "{\"swap\":\"none\"}",
            "{\"Swap\":[\"none\"]}",
            "{\"swap\":[\"no ne\"]}")) {
      String json =
          "{\"schema\":\"bartizan-reference/2\",\"profile\":\"p\",\"boots\":[],\"settings\":"
              + settings
              + "}";
      assertThrows(
          Malformed.class,
          () -> ReferenceValues.parse(json.getBytes(StandardCharsets.UTF_8)),
          settings);
    }
  }
}
