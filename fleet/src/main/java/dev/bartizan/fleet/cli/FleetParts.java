// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.cli;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Base64Url;
import dev.bartizan.fleet.FleetSettings;
import dev.bartizan.fleet.broker.KeyBroker;
import dev.bartizan.fleet.broker.WrappedKeyVault;
import dev.bartizan.fleet.command.CommandClient;
import dev.bartizan.fleet.credential.CertificateAuthority;
import dev.bartizan.fleet.credential.Credentials;
import dev.bartizan.fleet.database.FleetDatabase;
import dev.bartizan.fleet.device.DeviceRegistry;
import dev.bartizan.fleet.trust.AuthorSync;
import dev.bartizan.fleet.trust.RepositoryClient;
import dev.bartizan.fleet.verify.FileReferences;
import dev.bartizan.protocol.cli.Console;
import dev.bartizan.updater.disk.SharedDirectory;
import dev.bartizan.updater.fetch.HttpTransport;
import dev.bartizan.updater.fetch.Pace;
import dev.bartizan.updater.fetch.SmallFiles;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;

/** What several commands put together in the same way. */
final class FleetParts {
  private static final int ID_BYTES = 16;

  private FleetParts() {}

  /** Gives devices their content keys, of those that are in the directory. */
  static KeyBroker keyBroker(
      SharedDirectory directory,
      DeviceRegistry registry,
      WrappedKeyVault vault,
      SecureRandom random) {
    return new KeyBroker(directory, registry, vault, random);
  }

  /** What a command asks or changes; to be closed. */
  static FleetDatabase database(SharedDirectory directory, SecureRandom random, Console console)
      throws IOException, Refusal {
    return FleetDatabase.of(directory, random, console::say);
  }

  /** A connection of the operator to the broker. */
  static CommandClient commandClient(SharedDirectory directory, Clock clock, SecureRandom random)
      throws IOException, Refusal {
    return CommandClient.connect(
        FleetSettings.load(directory).operators(),
        Credentials.load(directory, Credentials.OPERATOR),
        CertificateAuthority.load(directory, clock, random).certificate(),
        clientId(random));
  }

  /** Unique at the broker. */
  static String clientId(SecureRandom random) {
    return "operator-" + commandId(random);
  }

  /** Unique among commands. */
  static String commandId(SecureRandom random) {
    byte[] bytes = new byte[ID_BYTES];
    random.nextBytes(bytes);
    return Base64Url.encode(bytes);
  }

  /**
   * Follows the author's repository as the settings have it.
   *
   * @param vault the one there is in this process: it tries a token's PIN once
   */
  static AuthorSync authorSync(
      SharedDirectory directory,
      DeviceRegistry registry,
      WrappedKeyVault vault,
      Clock clock,
      SecureRandom random)
      throws IOException, Refusal {
    FleetSettings settings = FleetSettings.load(directory);
    return new AuthorSync(
        new FileReferences(directory),
        repositoryClient(directory, settings, clock),
        vault,
        keyBroker(directory, registry, vault, random),
        clock);
  }

  /** The author's repository as the settings have it. */
  static RepositoryClient repositoryClient(
      SharedDirectory directory, FleetSettings settings, Clock clock) throws IOException {
    SmallFiles served =
        new SmallFiles(
            HttpTransport.to(settings.repository(), null, Pace.DEFAULT.silence()),
            System::nanoTime,
            Pace.DEFAULT);
    return new RepositoryClient(directory, settings, served, clock, System::nanoTime);
  }
}
