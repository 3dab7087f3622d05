// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.cli;

import dev.bartizan.crypto.Explanation;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.updater.disk.LinuxDisk;
import dev.bartizan.updater.fetch.HttpTransport;
import dev.bartizan.updater.fetch.Transport;
import dev.bartizan.updater.fetch.Transport.Response;
import dev.bartizan.updater.tuf.MetadataStore;
import dev.bartizan.updater.tuf.ServedMetadata;
import dev.bartizan.updater.tuf.TargetFile;
import dev.bartizan.updater.tuf.TrustedTargets;
import dev.bartizan.updater.tuf.TufClient;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * The updater's TUF client, bare: the client protocol of the TUF conformance suite. Every failure
 * exits 1, a wrong command line included, because that is what the protocol says.
 */
@Command(
    name = "tuf",
    description = "The updater's own TUF client, bare, as the TUF conformance suite drives it.",
    synopsisSubcommandLabel = "(init | refresh | download)",
    exitCodeOnInvalidInput = 1,
    exitCodeOnExecutionException = 1)
@TouchesTheWorld("a command: files and addresses named on its command line")
public final class TufCommand implements Runnable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int ROOT_BYTES_MAX = 512 * 1024;
  private static final int OK = 200;

  private final Clock clock;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--metadata-dir",
      paramLabel = "DIR",
      required = true,
      description = "Where trusted metadata is kept.")
  private @Nullable Path metadataDir;

  @Option(
      names = "--metadata-url",
      paramLabel = "URL",
      description = "Where the repository serves its metadata.")
  private @Nullable URI metadataUrl;

  @Option(
      names = "--target-name",
      paramLabel = "PATH",
      description = "A target to download; may be given several times.")
  private List<String> targetNames = new ArrayList<>();

  @Option(
      names = "--target-base-url",
      paramLabel = "URL",
      description = "Where the repository serves its targets.")
  private @Nullable URI targetBaseUrl;

  @Option(names = "--target-dir", paramLabel = "DIR", description = "Where downloads go.")
  private @Nullable Path targetDir;

  /** The wall clock, as a command started by hand wants it. */
  public TufCommand() {
    this(Clock.systemUTC());
  }

  TufCommand(Clock clock) {
    this.clock = clock;
  }

  /** Without a sub-command there is nothing to do. */
  @Override
  public void run() {
    throw new ParameterException(
        spec().commandLine(), "one of init, refresh and download is needed");
  }

  @Command(
      name = "init",
      description = "Pin a trusted root.",
      exitCodeOnInvalidInput = 1,
      exitCodeOnExecutionException = 1)
  int init(@Parameters(paramLabel = "ROOT", description = "A root metadata file.") Path root) {
    return attempt(
        store -> {
          try (InputStream file = Files.newInputStream(root)) {
            TufClient.init(store, file.readNBytes(ROOT_BYTES_MAX));
          }
        });
  }

  @Command(
      name = "refresh",
      description = "Bring the top-level metadata up to date.",
      exitCodeOnInvalidInput = 1,
      exitCodeOnExecutionException = 1)
  int refresh() {
    return attempt(store -> client(store).refresh());
  }

  @Command(
      name = "download",
      description = "Refresh, and fetch the targets named.",
      exitCodeOnInvalidInput = 1,
      exitCodeOnExecutionException = 1)
  int download() {
    return attempt(this::downloadAll);
  }

  private void downloadAll(MetadataStore store) throws Refusal, IOException, InterruptedException {
    Transport repository =
        HttpTransport.to(given(targetBaseUrl, "--target-base-url"), null, PATIENCE);
    TargetFolder folder = new TargetFolder(given(targetDir, "--target-dir"));
    TrustedTargets targets = client(store).refresh();
    for (String name : targetNames) {
      TargetFile target = targets.get(name);
      if (!folder.holds(target)) {
        fetch(repository, targets.urlPath(target), target, folder);
      }
    }
  }

  private static void fetch(
      Transport repository, String path, TargetFile target, TargetFolder folder)
      throws Refusal, IOException, InterruptedException {
    try (Response response = repository.get(path, 0, Transport.TO_THE_END)) {
      if (response.status() != OK) {
        throw new IOException(target.path() + ": the server answers " + response.status());
      }
      folder.take(target, response.body());
    }
  }

  private TufClient client(MetadataStore store) {
    URI url = given(metadataUrl, "--metadata-url");
    return TufClient.ofOwnStore(
        store, new ServedMetadata(HttpTransport.to(url, null, PATIENCE)), clock);
  }

  /** Something to do with the metadata directory. */
  private interface Task {
    void perform(MetadataStore store) throws Refusal, IOException, InterruptedException;
  }

  private int attempt(Task task) {
    try (LinuxDisk disk = LinuxDisk.acquire(given(metadataDir, "--metadata-dir"))) {
      task.perform(new MetadataStore(disk, ""));
      return 0;
    } catch (Refusal refusal) {
      return fail(Explanation.of(refusal));
    } catch (IOException world) {
      return fail(String.valueOf(world.getMessage()));
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  private int fail(String reason) {
    spec().commandLine().getErr().println(reason);
    return 1;
  }

  private <T> T given(@Nullable T value, String option) {
    if (value == null) {
      throw new ParameterException(spec().commandLine(), "this needs " + option);
    }
    return value;
  }

  private CommandSpec spec() {
    if (spec == null) {
      throw new IllegalStateException("picocli sets this before it calls");
    }
    return spec;
  }
}
