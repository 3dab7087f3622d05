// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.tpm.TpmHash;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentLogTest {
  private static final Digest RELEASE = Digest.of(new byte[] {1});
  private static final AgentLog LOG =
      AgentLog.empty(AgentLog.DEFAULT_PCR)
          .plus(new AgentEvent(AgentEvent.Kind.POLICY, Digest.of(new byte[] {2}), "policy 7"))
          .plus(AgentEvent.model("defect", "2.1.0", RELEASE));

  @Test
  void anEmptyLogReplaysToTheZeroState() {
    assertEquals("00".repeat(32), AgentLog.empty(AgentLog.DEFAULT_PCR).replay().hex());
  }

  @Test
  void aLogReplaysAsATpmExtends() throws Exception {
    AgentEvent event = AgentEvent.model("defect", "2.1.0", RELEASE);
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    sha256.update("bartizan-event/1\0model\0".getBytes(StandardCharsets.UTF_8));
    sha256.update(RELEASE.value().toArray());
    byte[] measurement = sha256.digest("defect 2.1.0".getBytes(StandardCharsets.UTF_8));
    sha256.update(new byte[32]);

    assertEquals(
        Digest.ofValue(sha256.digest(measurement)), AgentLog.empty(13).plus(event).digest());
    assertEquals(
        AgentLog.empty(13).plus(event).digest().value(), AgentLog.empty(13).plus(event).replay());
  }

  @Test
  void aLogReadsBackAsItWasWritten() throws Exception {
    assertEquals(LOG, AgentLog.read(LOG.write()));
    AgentLog other = new AgentLog(TpmHash.SHA384, 12, LOG.events());
    assertEquals(other, AgentLog.read(other.write()));
    assertEquals(48, other.replay().length());
    assertEquals(LOG.digest(), other.digest());
  }

  // Attack: the digests replay, what stands beside them is somebody else's.
  @ParameterizedTest
  @CsvSource({
    "defect 2.1.0, defect 2.1.1",
    "policy 7, policy 8",
    "\"kind\":\"model\", \"kind\":\"policy\"",
    "\"kind\":\"model\", \"kind\":\"magic\"",
    "\"recnum\":1, \"recnum\":2",
    "\"hashAlg\":\"sha256\", \"hashAlg\":\"sha1\"",
    "\"pcr\":13, \"pcr\":24",
    "bartizan-agent-log/1, bartizan-agent-log/2",
    "\"schema\", \"scheme\"",
  })
  void contentThatItsDigestDoesNotCoverIsRefused(String from, String to) {
    String text = new String(LOG.write(), StandardCharsets.UTF_8);
    String changed = text.replaceFirst(from, to);

    assertNotEquals(text, changed);
    assertThrows(Malformed.class, () -> AgentLog.read(changed.getBytes(StandardCharsets.UTF_8)));
  }
}
