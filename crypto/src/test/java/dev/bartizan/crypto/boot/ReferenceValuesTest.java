package dev.bartizan.crypto.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.PcrValues;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
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
            "{\"schema\":\"bartizan-reference/9\",\"profile\":\"x\",\"pcrs\":{}}",
            "{\"schema\":\"bartizan-reference/1\",\"profile\":\"x\",\"pcrs\":{\"7\":[]}}")) {
      assertThrows(
          Malformed.class, () -> ReferenceValues.parse(json.getBytes(StandardCharsets.UTF_8)));
    }
  }

  private static PcrValues values(String selection, int... fill) {
    List<Bytes> values = new java.util.ArrayList<>();
    for (int value : fill) {
      values.add(Bytes.ofHex(String.join("", Collections.nCopies(32, "0" + value))));
    }
    return new PcrValues(PcrSelection.parse(selection), values);
  }
}
