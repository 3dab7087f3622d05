// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import dev.bartizan.author.keys.KeySecrets;
import dev.bartizan.author.publish.RepositoryPlan;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.envelope.BulkCrypto;
import dev.bartizan.protocol.release.KeyDelivery;
import dev.bartizan.protocol.release.ProbationLimits;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.updater.disk.SharedDirectory;
import dev.bartizan.updater.tuf.SignatureScheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** An author's directory, and a fleet that it releases for. */
public final class TestAuthor {
  public static final Instant NOW = Instant.parse("2027-05-01T12:00:00Z");
  public static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
  public static final SecureRandom RANDOM = new SecureRandom();
  public static final BulkCrypto CRYPTO = BulkCrypto.platform();
  public static final String TRUST_DOMAIN = "fleet.example";

  private final Path home;
  private final SharedDirectory directory;
  private final AuthorRepository repository;
  private final TestFleet fleet = new TestFleet(TRUST_DOMAIN, NOW);

  private TestAuthor(Path home) throws Exception {
    this.home = home;
    this.directory = new SharedDirectory(home);
    this.repository = new AuthorRepository(directory, KeySecrets.NONE, CLOCK, RANDOM);
  }

  /** One who knows the fleet. */
  public static TestAuthor founded(Path home) throws Exception {
    TestAuthor author = alone(home);
    author.accept(author.fleet, false);
    return author;
  }

  /** One who knows nobody yet. */
  public static TestAuthor alone(Path home) throws Exception {
    TestAuthor author = new TestAuthor(home);
    NewAuthor.create(
        author.directory, author.repository, RepositoryPlan.defaults(SignatureScheme.ED25519));
    return author;
  }

  public int accept(TestFleet server, boolean replacing) throws Exception {
    return new FleetAcceptance(directory, repository, CLOCK, RANDOM)
        .accept(server.keys(), replacing);
  }

  public TestFleet fleet() {
    return fleet;
  }

  public KeyWrapping wrapping() {
    return new KeyWrapping(directory, CLOCK, RANDOM);
  }

  public SharedDirectory directory() {
    return directory;
  }

  public AuthorRepository repository() {
    return repository;
  }

  public ReleaseAuthor author() {
    return author((model, golden) -> Optional.empty());
  }

  /** One that looks at models in that way; the ordinary one of these tests believes any bytes. */
  public ReleaseAuthor author(ModelTrial trial) {
    return new ReleaseAuthor(
        directory, repository, CRYPTO, RANDOM, ReleaseProgress.NONE, trial, CLOCK);
  }

  /** Without golden vectors, of the default epoch. */
  public ReleaseDraft draft(String version, Path model, String... deltaFrom) {
    return new ReleaseDraft(
        new ReleaseName("defect", version),
        model,
        Optional.empty(),
        Set.of(deltaFrom),
        OptionalLong.empty(),
        ProbationLimits.DEFAULT,
        KeyDelivery.AHEAD);
  }

  public Path file(String name, byte[] content) throws IOException {
    return Files.write(home.resolveSibling(name), content);
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
}
