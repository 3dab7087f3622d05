// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.cli;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.fleet.bundle.BundleAnswer;
import dev.bartizan.fleet.bundle.BundleAppraisal;
import dev.bartizan.fleet.bundle.GivenRoots;
import dev.bartizan.fleet.bundle.ReportBundle;
import dev.bartizan.protocol.cli.InputFile;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.Option;

/** A bundle in place of a report, and whom its verifier believes. */
final class BundleOptions {
  private static final int MAX_ROOT = 512 * 1024;

  @Option(
      names = "--bundle",
      paramLabel = "FILE",
      description = {
        "Verify a bundle of `report bundle`: by author-root.json, keys/verifier.pub, ca/ca.pem and"
            + " ek-roots/ of --trust, and by no network and no database. As of its own day, or --at."
      })
  private Optional<Path> bundle = Optional.empty();

  @Option(
      names = "--root",
      paramLabel = "FILE",
      description = "With --bundle: the author's root, in place of author-root.json of --trust.")
  private Optional<Path> root = Optional.empty();

  @Option(
      names = "--authorities",
      paramLabel = "DIR",
      description = "With --bundle: where ek-roots/ of chip makers is, in place of --trust.")
  private Optional<Path> authorities = Optional.empty();

  Optional<Path> file() {
    return bundle;
  }

  /** The answer, from what {@code trust} and the other options give. */
  BundleAnswer judge(SharedDirectory trust, Optional<Instant> at) throws IOException, Refusal {
    Path file = bundle.orElseThrow();
    Optional<byte[]> pinned =
        root.isPresent() ? Optional.of(InputFile.read(root.get(), MAX_ROOT)) : Optional.empty();
    GivenRoots given = GivenRoots.in(trust, pinned, authorities.map(SharedDirectory::new));
    ReportBundle read =
        ReportBundle.read(InputFile.read(file, ReportBundle.MAX_LENGTH), file.toString());
    return new BundleAppraisal(given).judge(read, file.toString(), at);
  }
}
