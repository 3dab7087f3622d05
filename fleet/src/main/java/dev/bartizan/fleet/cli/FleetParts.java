// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.cli;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.fleet.FleetSettings;
import dev.bartizan.fleet.broker.KeyBroker;
import dev.bartizan.fleet.broker.WrappedKeyVault;
import dev.bartizan.fleet.device.FileRegistry;
import dev.bartizan.fleet.trust.AuthorSync;
import dev.bartizan.fleet.trust.RepositoryClient;
import dev.bartizan.fleet.verify.FileReferences;
import dev.bartizan.updater.disk.SharedDirectory;
import dev.bartizan.updater.fetch.HttpTransport;
import dev.bartizan.updater.fetch.Pace;
import dev.bartizan.updater.fetch.SmallFiles;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;

/** What several commands put together in the same way. */
final class FleetParts {
  private FleetParts() {}

  /** Gives devices their content keys, of those that are in the directory. */
  static KeyBroker keyBroker(SharedDirectory directory, SecureRandom random) {
    return new KeyBroker(
        directory, new FileRegistry(directory), new WrappedKeyVault(directory), random);
  }

  /** Follows the author's repository as the settings have it. */
  static AuthorSync authorSync(SharedDirectory directory, Clock clock, SecureRandom random)
      throws IOException, Refusal {
    FleetSettings settings = FleetSettings.load(directory);
    SmallFiles served =
        new SmallFiles(
            HttpTransport.to(settings.repository(), null, Pace.DEFAULT.silence()),
            System::nanoTime,
            Pace.DEFAULT);
    return new AuthorSync(
        new FileReferences(directory),
        new RepositoryClient(directory, settings, served, clock, System::nanoTime),
        new WrappedKeyVault(directory),
        keyBroker(directory, random));
  }
}
