// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.release;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.protocol.command.CommandKeys;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DevicePolicyTest {
  private static final CommandKeys NOBODY = new CommandKeys(List.of());

  @Test
  void itReadsBackAsItWasWritten() throws Exception {
    for (Set<Protection.Kind> kinds :
        List.of(Set.<Protection.Kind>of(), Set.of(Protection.Kind.TPM2, Protection.Kind.PKCS11))) {
      DevicePolicy policy =
          new DevicePolicy(NOBODY, Set.of("defect"), true, false, kinds, UpdateTimes.ANY);
      assertEquals(policy, DevicePolicy.parse(policy.toJson()));
    }
  }

  @Test
  void withoutKindsEveryKeystoreMayServeAndWithThemOnlyThose() {
    DevicePolicy any = new DevicePolicy(NOBODY, Set.of(), false, false, Set.of(), UpdateTimes.ANY);
    assertTrue(any.accepts(Protection.Kind.SOFTWARE));
    DevicePolicy hardware =
        new DevicePolicy(
            NOBODY, Set.of(), false, false, Set.of(Protection.Kind.TPM2), UpdateTimes.ANY);
    assertTrue(hardware.accepts(Protection.Kind.TPM2));
    assertFalse(hardware.accepts(Protection.Kind.SOFTWARE));
  }

  // A list that accepts nothing must not be read as one that accepts everything.
  @Test
  void aListOfNoneOrOfUnknownKindsIsRefused() throws Exception {
    DevicePolicy policy =
        new DevicePolicy(
            NOBODY, Set.of(), false, false, Set.of(Protection.Kind.TPM2), UpdateTimes.ANY);
    String json = new String(policy.toJson(), StandardCharsets.UTF_8);
    for (String list : new String[] {"[]", "[\"vault\"]", "\"tpm2\"", "[1]"}) {
      String other = json.replace("[\"tpm2\"]", list);
      assertThrows(
          Malformed.class, () -> DevicePolicy.parse(other.getBytes(StandardCharsets.UTF_8)), list);
    }
  }

  @Test
  void aSilenceIsWhatThePolicySaysAndAnAlarmWhereItSaysNothing() throws Exception {
    DevicePolicy policy =
        new DevicePolicy(NOBODY, Set.of(), false, false, Set.of(), UpdateTimes.ANY);
    assertEquals(SilenceRule.DEFAULT, DevicePolicy.parse(policy.toJson()).silence());
    for (SilenceRule.Reaction reaction : SilenceRule.Reaction.values()) {
      DevicePolicy strict = policy.inSilence(new SilenceRule(reaction, 7, Duration.ofHours(2)));
      assertEquals(strict, DevicePolicy.parse(strict.toJson()));
    }
  }

  @Test
  void limitsOfASilenceAreRefusedJustOutsideAndTakenJustInside() throws Exception {
    for (String limits : new String[] {"1,\"seconds\":0", "1000,\"seconds\":2592000"}) {
      assertEquals(SilenceRule.Reaction.STOP_SERVING, silence("stop-serving", limits).reaction());
    }
    for (String limits :
        new String[] {
          "0,\"seconds\":0",
          "1001,\"seconds\":0",
          "1,\"seconds\":2592001",
          "1,\"seconds\":-1",
          "1.5,\"seconds\":0",
          "4294967299,\"seconds\":0",
          "1,\"seconds\":9223372036854775807"
        }) {
      assertThrows(Malformed.class, () -> silence("warn", limits), limits);
    }
    assertThrows(Malformed.class, () -> silence("stop", "3,\"seconds\":0"));
  }

  private static SilenceRule silence(String then, String limits) throws Exception {
    DevicePolicy policy =
        new DevicePolicy(NOBODY, Set.of(), false, false, Set.of(), UpdateTimes.ANY)
            .inSilence(new SilenceRule(SilenceRule.Reaction.GO_ON, 3, Duration.ZERO));
    String json =
        new String(policy.toJson(), StandardCharsets.UTF_8)
            .replace("\"go-on\"", "\"" + then + "\"")
            .replace("3,\"seconds\":0", limits);
    return DevicePolicy.parse(json.getBytes(StandardCharsets.UTF_8)).silence();
  }
}
