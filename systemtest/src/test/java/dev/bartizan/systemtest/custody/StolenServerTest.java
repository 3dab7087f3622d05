// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.custody;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.author.publish.RepositoryFolder;
import dev.bartizan.author.release.ReleaseAuthor;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.SecretMemory;
import dev.bartizan.crypto.envelope.EnvelopeRefusal;
import dev.bartizan.crypto.envelope.KeyEnvelope;
import dev.bartizan.crypto.keystore.KeystoreRefusal;
import dev.bartizan.crypto.keystore.SoftHsm;
import dev.bartizan.crypto.keystore.TokenPlace;
import dev.bartizan.crypto.pem.Pem;
import dev.bartizan.fleet.KeyBrokerAway;
import dev.bartizan.fleet.broker.WrappedKeyVault;
import dev.bartizan.fleet.credential.BrokerToken;
import dev.bartizan.updater.disk.LinuxDisk;
import dev.bartizan.updater.disk.SharedDirectory;
import dev.bartizan.updater.tuf.MetadataStore;
import dev.bartizan.updater.tuf.TrustedTargets;
import dev.bartizan.updater.tuf.TufClient;
import dev.bartizan.updater.tuf.TufRefusal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.crypto.KeyAgreement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Attack: the whole of a server's directory is stolen, and every key in it is tried. */
class StolenServerTest {
  @TempDir private Path folder;
  private TwoDirectories places;
  private Map<String, PrivateKey> stolen;

  @BeforeEach
  void steal() throws Exception {
    places = new TwoDirectories(folder);
    places.release("1.0.0", "the weights".getBytes(StandardCharsets.UTF_8));
    places.sync().sync();
    stolen = FoundKeys.in(places.fleetHome());
    // Of authority, server, broker, operator, key broker, command and verifier.
    assertEquals(7, stolen.size(), stolen.keySet().toString());
  }

  private TrustedTargets deviceSees(Path repository) throws Exception {
    Path state = Files.createTempDirectory(folder, "device");
    try (LinuxDisk disk = LinuxDisk.acquire(state)) {
      MetadataStore store = new MetadataStore(disk, "");
      TufClient.init(store, Files.readAllBytes(places.authorHome().resolve("root.json")));
      RepositoryFolder served = new RepositoryFolder(repository);
      return TufClient.ofOwnStore(store, served, Clock.systemUTC()).refreshAll();
    }
  }

  private Path copyOfTheRepository() throws Exception {
    return TwoDirectories.copy(
        places.authorHome().resolve("repository"), folder.resolve("served elsewhere"));
  }

  private ForgedMetadata forger(Path repository) {
    return new ForgedMetadata(
        repository.resolve("metadata"), places.authorHome().resolve("keys"), stolen.values());
  }

  /** Even with every role above on the thief's side: nothing rests on what nobody checks. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "root",
        "timestamp",
        "snapshot",
        "targets",
        "models",
        "software",
        "reference",
        "policy"
      })
  void noClientAcceptsAnyRolesMetadataSignedByItsKeys(String role) throws Exception {
    Path repository = copyOfTheRepository();
    forger(repository).forge(role);
    TufRefusal refusal = assertThrows(TufRefusal.class, () -> deviceSees(repository));
    assertEquals("SIG_THRESHOLD", refusal.code(), refusal.getMessage());
  }

  /** The same words, signed by the author's keys: so it is the keys that the client refused. */
  @ParameterizedTest
  @ValueSource(
      strings = {"timestamp", "snapshot", "models", "software", "reference", "policy", "targets"})
  void theSameSignedByTheAuthorIsAccepted(String role) throws Exception {
    Path repository = copyOfTheRepository();
    forger(repository).signGenuinely(role);
    assertTrue(deviceSees(repository).files().size() >= 8);
  }

  /** What the threat model grants the thief is the key broker's; every other key opens nothing. */
  @Test
  void noKeyButTheKeyBrokersOpensAnEnvelope() throws Exception {
    assertEquals(Set.of("key-broker/key-broker.key"), keysThatOpenAnEnvelope());
  }

  private Set<String> keysThatOpenAnEnvelope() throws Exception {
    List<Path> envelopes = new ArrayList<>();
    for (Path home : List.of(places.fleetHome(), places.authorHome().resolve("repository"))) {
      try (Stream<Path> files = Files.walk(home)) {
        files.filter(it -> it.toString().endsWith(".cms")).forEach(envelopes::add);
      }
    }
    assertEquals(2, envelopes.size(), "in the vault and as the author published it");
    byte[] content =
        Files.readAllBytes(places.authorHome().resolve("releases/defect/1.0.0/content.key"));
    Set<String> opening = new HashSet<>();
    for (Path envelope : envelopes) {
      for (Map.Entry<String, PrivateKey> key : stolen.entrySet()) {
        if (opens(Files.readAllBytes(envelope), key.getValue(), content)) {
          opening.add(key.getKey());
        }
      }
    }
    return opening;
  }

  /** Under each certificate there is: an envelope names the one it is for. */
  private boolean opens(byte[] envelope, PrivateKey key, byte[] content) throws Exception {
    if (!(key instanceof ECPrivateKey)) {
      return false;
    }
    for (X509Certificate named : certificates()) {
      try (SecretBytes opened =
          KeyEnvelope.parse(envelope)
              .open(
                  named,
                  sender -> {
                    try {
                      KeyAgreement ecdh = KeyAgreement.getInstance("ECDH");
                      ecdh.init(key);
                      ecdh.doPhase(sender, true);
                      return SecretBytes.take(ecdh.generateSecret());
                    } catch (java.security.GeneralSecurityException other) {
                      throw new IllegalStateException(other);
                    }
                  },
                  SecretMemory.ordinary())) {
        if (opened.reveal(Bytes::of).equals(Bytes.of(content))) {
          return true;
        }
      } catch (EnvelopeRefusal closed) {
        // Stays closed.
      }
    }
    return false;
  }

  private List<X509Certificate> certificates() throws Exception {
    List<X509Certificate> all = new ArrayList<>();
    try (Stream<Path> files = Files.walk(places.fleetHome())) {
      for (Path file : files.filter(it -> it.toString().endsWith(".pem")).toList()) {
        String text = Files.readString(file);
        if (text.contains("BEGIN CERTIFICATE")) {
          all.addAll(Pem.certificates(text, file.toString()));
        }
      }
    }
    return all;
  }

  /**
   * The key broker's key is in a token: whoever has directory and database, and neither token nor
   * PIN, reads no model, with whichever key and whichever program.
   */
  @Test
  void withoutTokenAndPinNothingOfItReadsAModelOrSignsARelease() throws Exception {
    SoftHsm token = SoftHsm.token();
    Path pin = Files.writeString(folder.resolve("pin"), SoftHsm.PIN + "\n");
    Files.setPosixFilePermissions(pin, PosixFilePermissions.fromString("rw-------"));
    places =
        new TwoDirectories(
            Files.createDirectory(folder.resolve("guarded")),
            Optional.of(new BrokerToken(new TokenPlace(token.module(), "fleet"), pin)));
    ReleaseAuthor.Released release =
        places.release("1.0.0", "the weights".getBytes(StandardCharsets.UTF_8));
    places.sync().sync();
    new WrappedKeyVault(places.fleet(), new SecureRandom())
        .open(release.digest())
        .close(); // Its owner reads it.

    stolen = FoundKeys.in(places.fleetHome());
    assertEquals(6, stolen.size(), "all but the key broker's: " + stolen.keySet());
    assertEquals(Set.of(), keysThatOpenAnEnvelope());
    Path repository = copyOfTheRepository();
    forger(repository).forge("models");
    assertEquals(
        "SIG_THRESHOLD", assertThrows(TufRefusal.class, () -> deviceSees(repository)).code());

    // The thief runs the server's own program: near the token without its PIN, then without it.
    SharedDirectory taken =
        new SharedDirectory(TwoDirectories.copy(places.fleetHome(), folder.resolve("taken")));
    Files.delete(pin);
    assertEquals(KeystoreRefusal.Reason.BAD_SECRET_FILE, refusedTo(taken, release.digest()));
    Files.writeString(pin, SoftHsm.PIN + "\n");
    Files.setPosixFilePermissions(pin, PosixFilePermissions.fromString("rw-------"));
    token.remove();
    assertEquals(KeystoreRefusal.Reason.TOKEN_ABSENT, refusedTo(taken, release.digest()));
  }

  private static KeystoreRefusal.Reason refusedTo(SharedDirectory thief, Digest release) {
    return assertThrows(
            KeyBrokerAway.class,
            () -> new WrappedKeyVault(thief, new SecureRandom()).open(release).close())
        .why()
        .reason();
  }

  /** The search itself: a key that is there in any form is found. */
  @Test
  void aKeyIsFoundInWhateverFormItIsKept() throws Exception {
    Path place = Files.createDirectory(folder.resolve("forms"));
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    ECPrivateKey key = (ECPrivateKey) generator.generateKeyPair().getPrivate();
    byte[] pkcs8 = key.getEncoded();
    String base64 = Base64.getEncoder().encodeToString(pkcs8);
    String d = Base64.getUrlEncoder().encodeToString(key.getS().toByteArray());
    Files.writeString(place.resolve("pem"), Pem.ofPrivateKey(key));
    Files.write(place.resolve("der"), pkcs8);
    Files.writeString(place.resolve("json"), "{\"a\":[{\"key\":\"" + base64 + "\"}]}");
    Files.writeString(
        place.resolve("jwk"),
        "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"d\":\"" + d + "\"}]}");
    Map<String, PrivateKey> found = FoundKeys.in(place);
    assertEquals(Set.of("pem", "der", "json", "jwk"), found.keySet());
    for (PrivateKey each : found.values()) {
      assertEquals(key.getS(), ((ECPrivateKey) each).getS());
    }
  }
}
