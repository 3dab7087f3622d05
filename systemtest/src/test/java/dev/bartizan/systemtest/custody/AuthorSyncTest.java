// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.custody;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bartizan.author.release.ReleaseAuthor;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.boot.ReferenceValues;
import dev.bartizan.crypto.pem.Pem;
import dev.bartizan.fleet.broker.WrappedKeyVault;
import dev.bartizan.fleet.trust.AuthorSync;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server believes of an author's repository what his roles have signed, and nothing else. */
class AuthorSyncTest {
  @TempDir private Path folder;
  private TwoDirectories places;

  @BeforeEach
  void found() throws Exception {
    places = new TwoDirectories(folder);
  }

  private JsonNode derived(String file) throws IOException {
    return new ObjectMapper().readTree(places.fleetHome().resolve(file).toFile());
  }

  @Test
  void theVerifierKnowsWhatTheAuthorHasSigned() throws Exception {
    ReleaseAuthor.Released released = places.release("1.0.0", new byte[] {1, 2, 3});
    Map<String, Set<String>> pcrs = Map.of("sha256:7", Set.of("1".repeat(64)));
    places.documents().reference(ReferenceValues.ofValues("camera", pcrs));
    AuthorSync.Synced synced = places.sync().sync();
    assertEquals(1, synced.releases());
    assertEquals(1, synced.keys());
    JsonNode known = derived("releases.json").at("/releases/0");
    assertEquals("1.0.0", known.path("version").asText());
    assertEquals(released.digest().hex(), known.at("/digests/0").asText());
    assertTrue(derived("reference.json").at("/profiles/camera").isObject());
  }

  @Test
  void theKeyBrokerOpensWhatItWasGivenAndFollowsWhatIsNew() throws Exception {
    ReleaseAuthor.Released first = places.release("1.0.0", new byte[] {1, 2, 3});
    places.sync().sync();
    places.release("1.1.0", new byte[] {4, 5, 6});
    assertEquals(2, places.sync().sync().keys());
    Path key = places.authorHome().resolve("releases/defect/1.0.0/content.key");
    try (SecretBytes opened =
        new WrappedKeyVault(places.fleet(), new SecureRandom()).open(first.digest())) {
      assertEquals(Bytes.of(Files.readAllBytes(key)), opened.reveal(Bytes::of));
    }
  }

  /** Attack: who holds the web server exchanges the key of one release for that of another. */
  @Test
  void anExchangedEnvelopeIsRefusedAndAllStaysAsItWas() throws Exception {
    places.release("1.0.0", new byte[] {1, 2, 3});
    places.sync().sync();
    places.release("1.1.0", new byte[] {4, 5, 6});
    Path served =
        TwoDirectories.copy(
            places.authorHome().resolve("repository"), folder.resolve("served elsewhere"));
    Path targets = served.resolve("targets/models/defect");
    Files.write(envelope(targets, "1.1.0"), Files.readAllBytes(envelope(targets, "1.0.0")));
    String before = Files.readString(places.fleetHome().resolve("releases.json"));
    assertThrows(Refusal.class, () -> places.sync(served).sync());
    assertEquals(before, Files.readString(places.fleetHome().resolve("releases.json")));
    assertEquals(1, new WrappedKeyVault(places.fleet(), new SecureRandom()).releases().size());
  }

  private static Path envelope(Path targets, String version) throws IOException {
    try (Stream<Path> files = Files.list(targets.resolve(version))) {
      return files.filter(it -> it.toString().endsWith(".cms")).findFirst().orElseThrow();
    }
  }

  /** Attack: another author's repository stands where ours was. */
  @Test
  void aRepositoryOfAnotherAuthorIsRefused() throws Exception {
    TwoDirectories stranger = new TwoDirectories(folder.resolve("stranger"));
    stranger.release("9.0.0", new byte[] {6, 6, 6});
    places.release("1.0.0", new byte[] {1, 2, 3});
    places.sync().sync();
    long verified = derived("reference-age.json").path("verified_at").asLong();
    assertThrows(
        Refusal.class, () -> places.sync(stranger.authorHome().resolve("repository")).sync());
    assertEquals(verified, derived("reference-age.json").path("verified_at").asLong());
    long since = derived("reference-age.json").path("refused_since").asLong();
    assertThrows(IOException.class, () -> places.sync(folder.resolve("nowhere")).sync());
    assertEquals(since, derived("reference-age.json").path("refused_since").asLong());
    assertTrue(derived("reference-age.json").path("why").asText().contains("away"));
    places.sync().sync();
    assertFalse(derived("reference-age.json").has("refused_since"));
    assertEquals("1.0.0", derived("releases.json").at("/releases/0/version").asText());
  }

  @Test
  void aRepositoryThatIsAwayChangesNothing() throws Exception {
    places.release("1.0.0", new byte[] {1, 2, 3});
    places.sync().sync();
    assertThrows(IOException.class, () -> places.sync(folder.resolve("nowhere")).sync());
    assertEquals("1.0.0", derived("releases.json").at("/releases/0/version").asText());
    assertEquals(1, new WrappedKeyVault(places.fleet(), new SecureRandom()).releases().size());
  }

  /** Attack: the whole of a server's directory is stolen, or its operator turns. */
  @Test
  void aServersDirectoryHoldsNoKeyThatSignsAReleaseAndNoContentKeyInTheClear() throws Exception {
    places.release("1.0.0", "the weights".getBytes(StandardCharsets.UTF_8));
    places.sync().sync();
    byte[] content =
        Files.readAllBytes(places.authorHome().resolve("releases/defect/1.0.0/content.key"));
    String metadata = metadata();
    int keys = 0;
    for (Path file : files(places.fleetHome())) {
      assertFalse(holds(Files.readAllBytes(file), content), file + " holds a content key");
      if (isPrivateKey(file)) {
        keys++;
        assertFalse(isNamed(publicHalf(file), metadata), file + " signs for a role of the author");
      }
    }
    // Of authority, server, broker, operator, key broker, command and verifier: it signs
    // certificates, commands and attestation results.
    assertEquals(7, keys);
    Path own = places.authorHome().resolve("keys/models-1.pem");
    assertTrue(isNamed(publicHalf(own), metadata), "the author's own would be found so");
    Path archive = places.authorHome().resolve("releases/defect/1.0.0/content.key");
    assertTrue(holds(Files.readAllBytes(archive), content), "and so would a content key");
  }

  /** All that says who signs for whom. */
  private String metadata() throws IOException {
    StringBuilder all = new StringBuilder();
    for (Path file : files(places.authorHome().resolve("repository/metadata"))) {
      all.append(Files.readString(file).replace("\\n", ""));
    }
    return all.toString();
  }

  private static boolean isPrivateKey(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.ISO_8859_1).contains("PRIVATE KEY");
  }

  /** In the same file, or beside it as a public key or a certificate. */
  private static PublicKey publicHalf(Path key) throws Exception {
    String own = Files.readString(key);
    if (own.contains("BEGIN PUBLIC KEY")) {
      return Pem.publicKey(own, key.toString());
    }
    String name = String.valueOf(key.getFileName()).replace(".key", "");
    Path beside = key.resolveSibling(name + ".pub");
    return Files.exists(beside)
        ? Pem.publicKey(Files.readString(beside), beside.toString())
        : Pem.certificates(Files.readString(key.resolveSibling(name + ".pem")), name)
            .get(0)
            .getPublicKey();
  }

  /** As metadata writes keys: Ed25519 in hexadecimal, others in PEM. */
  private static boolean isNamed(PublicKey key, String metadata) {
    byte[] spki = key.getEncoded();
    String raw = HexFormat.of().formatHex(spki, spki.length - 32, spki.length);
    return metadata.contains(raw) || metadata.contains(Base64.getEncoder().encodeToString(spki));
  }

  private static boolean holds(byte[] bytes, byte[] key) {
    for (int at = 0; at + key.length <= bytes.length; at++) {
      if (java.util.Arrays.equals(bytes, at, at + key.length, key, 0, key.length)) {
        return true;
      }
    }
    return false;
  }

  private static Set<Path> files(Path root) throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      return paths.filter(Files::isRegularFile).collect(java.util.stream.Collectors.toSet());
    }
  }
}
