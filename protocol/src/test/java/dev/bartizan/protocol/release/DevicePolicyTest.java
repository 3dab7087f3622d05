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
}
