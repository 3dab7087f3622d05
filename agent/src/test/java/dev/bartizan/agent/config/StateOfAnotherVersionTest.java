// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.agent.command.Inbox;
import dev.bartizan.agent.identity.Credentials;
import dev.bartizan.agent.trust.TrustedClock;
import dev.bartizan.crypto.Checksum;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.updater.disk.DurableFile;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.disk.FileName;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Documents that are whole, but of a format two versions ahead, or of before formats were named.
 */
class StateOfAnotherVersionTest {
  private static final Instant NOW = Instant.parse("2027-05-01T12:00:00Z");
  private static final int LIMIT = 100_000;

  private final FakeDisk disk = new FakeDisk();

  private String body(FileName file) throws IOException {
    return new String(
        Checksum.LAST_LINE.strip(disk.read(file, LIMIT).orElseThrow()).orElseThrow(), UTF_8);
  }

  private void assertRefusedAndLeftAlone(FileName file, byte[] content, Executable reader)
      throws IOException {
    DurableFile.replace(disk, file, content);
    Refusal refusal = assertThrows(Refusal.class, reader);
    assertTrue(refusal.getMessage().startsWith(file + ": is of format "), refusal.getMessage());
    assertArrayEquals(content, disk.read(file, LIMIT).orElseThrow());
  }

  @ParameterizedTest
  @CsvSource({"bartizan-inbox/1,bartizan-inbox/3", "'\"schema\":\"bartizan-inbox/1\",',''"})
  void anInboxIsNotSetAside(String own, String other) throws Exception {
    FileName file = FileName.of("inbox");
    Inbox.begin(disk, NOW);
    String changed = body(file).replace(own, other);
    assertRefusedAndLeftAlone(
        file, Checksum.LAST_LINE.append(changed.getBytes(UTF_8)), () -> Inbox.open(disk, NOW));
  }

  @ParameterizedTest
  @CsvSource({
    "bartizan-verified-time/1,bartizan-verified-time/3",
    "'bartizan-verified-time/1 ',''"
  })
  void aVerifiedTimeIsNotForgotten(String own, String other) throws Exception {
    FileName file = FileName.of("verified-time");
    TrustedClock.open(() -> NOW, () -> 0, disk).verified();
    String changed = body(file).replace(own, other);
    assertRefusedAndLeftAlone(
        file,
        Checksum.LAST_LINE.append(changed.getBytes(UTF_8)),
        () -> TrustedClock.open(() -> NOW, () -> 0, disk));
  }

  @ParameterizedTest
  @CsvSource({"bartizan-credentials/1,bartizan-credentials/3"})
  void certificatesAreNotTakenForDamaged(String own, String other) throws Exception {
    FileName file = FileName.of("credentials.json");
    new Credentials("identity", "unwrap").store(disk);
    String changed = new String(disk.read(file, LIMIT).orElseThrow(), UTF_8).replace(own, other);
    assertRefusedAndLeftAlone(file, changed.getBytes(UTF_8), () -> Credentials.find(disk));
  }

  @Test
  void whatIsOnlyRememberedIsSaidAndRememberedAnew() throws Exception {
    FileName file = FileName.of("provided");
    List<Path> files = List.of(Path.of("/nowhere"));
    new ProvidedFiles(disk).changes(files);
    String changed = body(file).replace("bartizan-provided/1", "bartizan-provided/3");
    DurableFile.replace(disk, file, Checksum.LAST_LINE.append(changed.getBytes(UTF_8)));
    List<String> said = new ProvidedFiles(disk).changes(files);
    assertTrue(said.get(0).startsWith("provided: is of format bartizan-provided/3"), said.get(0));
    assertTrue(new ProvidedFiles(disk).changes(files).isEmpty());
  }
}
