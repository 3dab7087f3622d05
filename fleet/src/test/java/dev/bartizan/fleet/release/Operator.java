// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.release;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.envelope.BulkCrypto;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.founding.FleetPlan;
import dev.bartizan.fleet.founding.Founding;
import dev.bartizan.fleet.identity.CertificateAuthority;
import dev.bartizan.fleet.identity.Device;
import dev.bartizan.fleet.identity.FleetSettings;
import dev.bartizan.fleet.identity.Inventory;
import dev.bartizan.fleet.publish.RepositoryPlan;
import dev.bartizan.protocol.jws.SpiffeId;
import dev.bartizan.protocol.release.ProbationLimits;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.updater.disk.SharedDirectory;
import dev.bartizan.updater.tuf.SignatureScheme;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A founded fleet in a directory, with devices whose keys the test holds. */
public final class Operator {
  public static final Instant NOW = Instant.parse("2027-05-01T12:00:00Z");
  public static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
  public static final SecureRandom RANDOM = new SecureRandom();
  public static final BulkCrypto CRYPTO = BulkCrypto.platform();
  private static final String TRUST_DOMAIN = "fleet.example";

  private final Path home;
  private final SharedDirectory directory;
  private final OperatorRepository repository;

  private Operator(Path home) {
    this.home = home;
    this.directory = new SharedDirectory(home);
    this.repository = new OperatorRepository(directory, Optional.empty(), CLOCK, RANDOM);
  }

  public static Operator founded(Path home) throws Exception {
    Operator operator = new Operator(home);
    new Founding(operator.directory, operator.repository, CLOCK, RANDOM).found(plan());
    return operator;
  }

  public static FleetPlan plan() {
    return new FleetPlan(
        new FleetSettings(TRUST_DOMAIN, "ssl://localhost:8883"),
        List.of("localhost", "127.0.0.1"),
        URI.create("http://localhost:8080/"),
        RepositoryPlan.defaults(SignatureScheme.ED25519));
  }

  public SharedDirectory directory() {
    return directory;
  }

  public OperatorRepository repository() {
    return repository;
  }

  public Inventory inventory() {
    return new Inventory(directory);
  }

  public KeyDistribution shipping() {
    return new KeyDistribution(directory, RANDOM);
  }

  public ReleaseAuthor author() {
    return author((model, golden) -> Optional.empty());
  }

  /** One that looks at models in that way; the ordinary one of these tests believes any bytes. */
  public ReleaseAuthor author(ModelTrial trial) {
    return new ReleaseAuthor(directory, repository, CRYPTO, RANDOM, ReleaseProgress.NONE, trial);
  }

  /** Without golden vectors, of the default epoch. */
  public ReleaseDraft draft(String version, Path model, String... deltaFrom) {
    return new ReleaseDraft(
        new ReleaseName("defect", version),
        model,
        Optional.empty(),
        Set.of(deltaFrom),
        OptionalLong.empty(),
        ProbationLimits.DEFAULT);
  }

  public Path file(String name, byte[] content) throws IOException {
    return Files.write(home.resolveSibling(name), content);
  }

  /** A device of the inventory and the private half of its unwrap key. */
  public record Enrolled(Ueid ueid, KeyPair unwrapKey, X509Certificate unwrap) {}

  public Enrolled enrol(int number) throws Exception {
    CertificateAuthority authority = CertificateAuthority.load(directory, CLOCK, RANDOM);
    Ueid ueid = Ueid.of(Digest.of(new byte[] {(byte) number}));
    SpiffeId id = new SpiffeId(TRUST_DOMAIN, ueid);
    KeyPair pair = p256();
    ECPublicKey key = (ECPublicKey) pair.getPublic();
    X509Certificate unwrap = authority.issueUnwrap(id, key, Duration.ofDays(1));
    inventory()
        .enrol(
            new Device(
                ueid,
                Device.State.ENROLLED,
                "default",
                Set.of(),
                NOW,
                Protection.Kind.TPM2,
                Optional.of(new Device.Chip(Digest.of(new byte[] {2}), Bytes.of(new byte[] {3}))),
                authority.issueIdentity(id, key, Duration.ofDays(1)),
                unwrap,
                Optional.empty()));
    return new Enrolled(ueid, pair, unwrap);
  }

  public Path envelope(Digest release, Ueid device) {
    return directory.path("repository/keys/" + release.hex() + "/" + device.text() + ".cms");
  }

  /** Every file of the directory with its digest, but for lock files. */
  public Map<String, Digest> everything() throws IOException {
    Map<String, Digest> files = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(home)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        if (!path.endsWith(".lock")) {
          files.put(home.relativize(path).toString(), Digest.of(Files.readAllBytes(path)));
        }
      }
    }
    return files;
  }

  private static KeyPair p256() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
    return generator.generateKeyPair();
  }
}
