// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.cli;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.FleetSettings;
import dev.bartizan.fleet.bundle.BundleAppraisal;
import dev.bartizan.fleet.bundle.BundleMaker;
import dev.bartizan.fleet.bundle.GivenRoots;
import dev.bartizan.fleet.bundle.ReportBundle;
import dev.bartizan.fleet.credential.CertificateAuthority;
import dev.bartizan.fleet.credential.OperatorKeys;
import dev.bartizan.fleet.database.FleetDatabase;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.verify.Appraisal;
import dev.bartizan.fleet.verify.FileReferences;
import dev.bartizan.fleet.verify.Verifier;
import dev.bartizan.protocol.cli.InputFile;
import dev.bartizan.protocol.evidence.Evidence;
import dev.bartizan.protocol.evidence.Nonce;
import dev.bartizan.protocol.result.AttestationResult;
import dev.bartizan.updater.disk.OutputFile;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;

/** Makes a bundle of a report, in a server's directory. */
final class BundledReport {
  private final SharedDirectory directory;
  private final FleetDatabase database;
  private final Clock clock;
  private final SecureRandom random;

  BundledReport(
      SharedDirectory directory, FleetDatabase database, Clock clock, SecureRandom random) {
    this.directory = directory;
    this.database = database;
    this.clock = clock;
    this.random = random;
  }

  /** Writes it, and gives the result that is in it. */
  AttestationResult write(Path file, Nonce nonce, OutputFile target, Path name)
      throws IOException, Refusal {
    byte[] received = InputFile.read(file, Evidence.MAX_LENGTH);
    Evidence evidence = Evidence.read(received);
    Device device = database.devices().get(evidence.unverifiedClaims().ueid());
    AttestationResult result = result(evidence, device.ueid(), nonce);
    BundleMaker maker =
        new BundleMaker(
            new OperatorKeys(directory).signer(OperatorKeys.VERIFIER),
            CertificateAuthority.load(directory, clock, random).certificate());
    GivenRoots own = GivenRoots.in(directory, Optional.empty(), Optional.empty());
    ReportBundle bundle =
        maker.make(
            new BundleMaker.Content(
                Bytes.of(received),
                device,
                result,
                FleetParts.repositoryClient(directory, FleetSettings.load(directory), clock)
                    .kept()),
            new BundleAppraisal(own),
            name.toString());
    target.write(ByteBuffer.wrap(bundle.write()));
    return result;
  }

  /** The one that was given, or one that is given now, which counts as any other. */
  private AttestationResult result(Evidence evidence, Ueid device, Nonce nonce)
      throws IOException, Refusal {
    Optional<AttestationResult> kept = database.results().find(device, nonce);
    if (kept.isPresent()) {
      return kept.get();
    }
    Verifier verifier = new Verifier(database.devices(), new FileReferences(directory).current());
    Appraisal appraisal = verifier.appraise(evidence, nonce, clock.instant());
    appraisal.keep(database.devices(), database.results());
    return appraisal.result();
  }
}
