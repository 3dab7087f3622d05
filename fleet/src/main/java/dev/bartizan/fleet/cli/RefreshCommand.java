// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.cli;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.fleet.broker.WrappedKeyVault;
import dev.bartizan.fleet.database.FleetDatabase;
import dev.bartizan.fleet.trust.AuthorSync;
import dev.bartizan.protocol.cli.Console;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bartizan-fleet refresh}. */
@Command(
    name = "refresh",
    mixinStandardHelpOptions = true,
    description = {
      "Look at the author's repository now: verify it from the pinned root, take over its reference"
          + " values, and give enrolled devices the content keys of new releases.",
      "",
      "`serve` does it by itself, once a minute."
    })
final class RefreshCommand implements Callable<Integer> {
  private final Clock clock;
  private final SecureRandom random;
  private final Console console;

  @Option(
      names = "--dir",
      defaultValue = ".",
      paramLabel = "DIR",
      description = "The server's directory (default: the current one).")
  private Path dir = Path.of("");

  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  RefreshCommand(Clock clock, SecureRandom random, Console console) {
    this.clock = clock;
    this.random = random;
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, Refusal, InterruptedException {
    AuthorSync.Synced synced = sync(new SharedDirectory(dir));
    if (json) {
      console.answer(
          StrictJson.object()
              .put("releases", synced.releases())
              .put("keys", synced.keys())
              .put("envelopes", synced.shipped().envelopes())
              .put("unopened", synced.shipped().unopened().size()));
    } else {
      console.say(describe(synced));
    }
    return 0;
  }

  private AuthorSync.Synced sync(SharedDirectory directory)
      throws IOException, Refusal, InterruptedException {
    try (FleetDatabase database = FleetParts.database(directory, random, console)) {
      return FleetParts.authorSync(
              directory, database.devices(), new WrappedKeyVault(directory, random), clock, random)
          .sync();
    }
  }

  static String describe(AuthorSync.Synced synced) {
    int unopened = synced.shipped().unopened().size();
    return synced.releases()
        + " releases, the keys of "
        + synced.keys()
        + " of them are here; "
        + synced.shipped().envelopes()
        + " envelopes written for devices"
        + (unopened == 0
            ? ""
            : "; "
                + unopened
                + " keys were wrapped to another key broker: give fleet-keys.json to the author");
  }
}
