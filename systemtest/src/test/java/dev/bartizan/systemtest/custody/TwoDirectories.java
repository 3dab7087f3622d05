// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.custody;

import dev.bartizan.author.keys.KeySecrets;
import dev.bartizan.author.publish.RepositoryPlan;
import dev.bartizan.author.release.AuthorRepository;
import dev.bartizan.author.release.FleetAcceptance;
import dev.bartizan.author.release.NewAuthor;
import dev.bartizan.author.release.ReleaseAuthor;
import dev.bartizan.author.release.ReleaseDraft;
import dev.bartizan.author.release.ReleaseProgress;
import dev.bartizan.author.release.SignedDocuments;
import dev.bartizan.crypto.envelope.BulkCrypto;
import dev.bartizan.fleet.FleetSettings;
import dev.bartizan.fleet.broker.KeyBroker;
import dev.bartizan.fleet.broker.WrappedKeyVault;
import dev.bartizan.fleet.credential.BrokerToken;
import dev.bartizan.fleet.database.Databases;
import dev.bartizan.fleet.init.FleetInit;
import dev.bartizan.fleet.init.FleetPlan;
import dev.bartizan.fleet.trust.AuthorSync;
import dev.bartizan.fleet.trust.RepositoryClient;
import dev.bartizan.fleet.verify.FileReferences;
import dev.bartizan.protocol.custody.FleetKeys;
import dev.bartizan.protocol.release.KeyDelivery;
import dev.bartizan.protocol.release.ProbationLimits;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.updater.disk.SharedDirectory;
import dev.bartizan.updater.fetch.Pace;
import dev.bartizan.updater.fetch.SmallFiles;
import dev.bartizan.updater.fetch.Transport;
import dev.bartizan.updater.tuf.SignatureScheme;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** An author's directory and a server's, which know of each other what they handed out. */
final class TwoDirectories {
  static final SecureRandom RANDOM = new SecureRandom();
  private static final Clock CLOCK = Clock.systemUTC();
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;

  private final Path authorHome;
  private final Path fleetHome;
  private final SharedDirectory author;
  private final SharedDirectory fleet;
  private final AuthorRepository repository;
  private final FleetSettings settings;

  TwoDirectories(Path home) throws Exception {
    this(home, Optional.empty());
  }

  /**
   * @param brokerToken where the server's key broker has its key; without one it is a file
   */
  TwoDirectories(Path home, Optional<BrokerToken> brokerToken) throws Exception {
    authorHome = home.resolve("author");
    fleetHome = home.resolve("fleet");
    author = new SharedDirectory(authorHome);
    fleet = new SharedDirectory(fleetHome);
    repository = new AuthorRepository(author, KeySecrets.NONE, CLOCK, RANDOM);
    settings =
        new FleetSettings(
            "fleet.example", "ssl://localhost:8883", URI.create("http://localhost:8080/"));
    NewAuthor.create(author, repository, RepositoryPlan.defaults(SignatureScheme.ED25519));
    FleetKeys keys =
        new FleetInit(fleet, CLOCK, RANDOM)
            .found(
                new FleetPlan(settings, List.of("localhost"), brokerToken),
                Files.readAllBytes(authorHome.resolve("root.json")));
    new FleetAcceptance(author, repository, CLOCK, RANDOM).accept(keys, false);
  }

  Path authorHome() {
    return authorHome;
  }

  Path fleetHome() {
    return fleetHome;
  }

  SharedDirectory fleet() {
    return fleet;
  }

  SignedDocuments documents() {
    return new SignedDocuments(author, repository);
  }

  /** Releases a model of these bytes; nobody tries whether it is one. */
  ReleaseAuthor.Released release(String version, byte[] model) throws Exception {
    Path file = Files.write(authorHome.resolveSibling("model"), model);
    return new ReleaseAuthor(
            author,
            repository,
            BulkCrypto.platform(),
            RANDOM,
            ReleaseProgress.NONE,
            (mapped, golden) -> Optional.empty(),
            CLOCK)
        .release(
            new ReleaseDraft(
                new ReleaseName("defect", version),
                file,
                Optional.empty(),
                Set.of(),
                OptionalLong.empty(),
                ProbationLimits.DEFAULT,
                KeyDelivery.AHEAD));
  }

  /** The server as a client of what is served from this folder. */
  AuthorSync sync(Path served) {
    SmallFiles files = new SmallFiles(transport(served), System::nanoTime, Pace.DEFAULT);
    WrappedKeyVault vault = new WrappedKeyVault(fleet, RANDOM);
    return new AuthorSync(
        new FileReferences(fleet),
        new RepositoryClient(fleet, settings, files, CLOCK, System::nanoTime),
        vault,
        new KeyBroker(fleet, Databases.of(fleet).devices(), vault, RANDOM),
        CLOCK);
  }

  /** The same, of the author's repository as it is. */
  AuthorSync sync() {
    return sync(authorHome.resolve("repository"));
  }

  private static Transport transport(Path served) {
    return (path, offset, count) -> {
      Path file = served.resolve(path);
      boolean isThere = Files.isRegularFile(file);
      byte[] content = isThere ? Files.readAllBytes(file) : new byte[0];
      return new Transport.Response(
          isThere ? OK : NOT_FOUND,
          0,
          OptionalLong.of(content.length),
          false,
          new ByteArrayInputStream(content));
    };
  }

  /** A copy of a folder, to be tampered with. */
  static Path copy(Path from, Path to) throws IOException {
    try (var files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
    return to;
  }
}
