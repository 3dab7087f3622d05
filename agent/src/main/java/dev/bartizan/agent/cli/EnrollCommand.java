// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.cli;

import dev.bartizan.agent.command.DecommissionOrder;
import dev.bartizan.agent.command.Inbox;
import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.agent.enrol.Enrolment;
import dev.bartizan.agent.enrol.EnrolmentRefused;
import dev.bartizan.agent.enrol.EnrolmentService;
import dev.bartizan.agent.enrol.GrantCheck;
import dev.bartizan.agent.enrol.HttpsEnrolmentService;
import dev.bartizan.agent.enrol.KeysEnrolment;
import dev.bartizan.agent.identity.Certificates;
import dev.bartizan.agent.identity.Credentials;
import dev.bartizan.agent.identity.Keystores;
import dev.bartizan.agent.trust.BootApprovals;
import dev.bartizan.agent.world.Host;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.EndorsementChoice;
import dev.bartizan.crypto.keystore.PcrApprovals;
import dev.bartizan.crypto.tpm.EndorsementCredential;
import dev.bartizan.protocol.enrolment.Grant;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.disk.LinuxDisk;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bartizan enroll}. */
@Command(
    name = "enroll",
    description = {
      "Make this device's keys in its keystore and get its certificates.",
      "",
      "The server checks a TPM's endorsement certificate and that attestation, identity and unwrap"
          + " key live in that chip. Other keystores need a token, and a server that accepts them."
          + " Enrolling again keeps the keys and renews the certificates.",
      "",
      "A server that has not answered a request after two minutes, that says nothing for 20 seconds"
          + " or sends less than 1 KiB a second is given up (exit code 3), and can be asked again."
    })
final class EnrollCommand implements Callable<Integer> {
  private static final int MAX_TOKEN = 1024;

  @Mixin private ConfigOption config = new ConfigOption();
  @Mixin private EndorsementOptions endorsement = new EndorsementOptions();

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--server",
      paramLabel = "URL",
      required = true,
      description = "The enrolment server, https://HOST:PORT.")
  private URI server = URI.create("");

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "The operator's one-time permission.")
  private @Nullable Path tokenFile;

  @Option(
      names = "--new-epoch",
      description = {
        "Also make new identity and unwrap keys. When the daemon serves by them, the chip ends the"
            + " epoch of those before: content keys that were wrapped to them, on whatever copy of"
            + " the disk, never open again. Needs a TPM."
      })
  private boolean newEpoch;

  @Override
  public Integer call() throws IOException, Refusal {
    AgentConfig settings = config.read();
    Host host = ConfigOption.host();
    Keystores keystores = new Keystores(settings, host.random(), host.time().pause());
    PcrApprovals approvals = BootApprovals.of(settings, Optional.empty());
    EndorsementChoice choice = endorsement.choice();
    List<X509Certificate> anchors = Certificates.read(settings.fleet().trustAnchors());
    Optional<String> permission = token(); // Before keys are made that would have to wait for it.
    try (LinuxDisk disk = LinuxDisk.acquire(settings.device().stateDirectory())) {
      requireNotLeaving(disk);
      DeviceKeystore keystore =
          newEpoch
              ? keystores.renew(disk, choice, approvals)
              : keystores.openOrCreate(disk, choice, approvals);
      Grant grant =
          enrol(
              keystore,
              new HttpsEnrolmentService(server, anchors),
              new GrantCheck(anchors, host.time().clock()),
              choice.given(),
              permission);
      Credentials.of(grant).store(disk);
      Inbox.begin(disk, host.time().clock().instant());
      DecommissionOrder.withdraw(disk);
      keystores.open(disk, approvals); // Goes over to a new epoch's keys.
      spec.commandLine().getOut().println("enrolled as " + keystore.ueid().text());
    }
    return 0;
  }

  /** Half a life is none: what was begun is finished by the daemon. */
  private static void requireNotLeaving(Disk disk) throws IOException, Refusal {
    Optional<DecommissionOrder> order = DecommissionOrder.find(disk);
    if (order.isPresent() && order.get().stage() != DecommissionOrder.Stage.ERASED) {
      throw new EnrolmentRefused(
          "LEAVING", "this device is being decommissioned: bartizan run finishes that first");
    }
  }

  /** A chip proves itself; without one a token vouches for the device. */
  private static Grant enrol(
      DeviceKeystore keystore,
      EnrolmentService server,
      GrantCheck check,
      Optional<EndorsementCredential> given,
      Optional<String> permission)
      throws IOException, Refusal {
    return keystore.protection().kind().attests()
        ? new Enrolment(keystore, server, check, given).enrol(permission)
        : new KeysEnrolment(keystore, server, check).enrol(permission);
  }

  @TouchesTheWorld("the token file named on the command line")
  private Optional<String> token() throws IOException, Malformed {
    if (tokenFile == null) {
      return Optional.empty();
    }
    byte[] token;
    try (InputStream in = Files.newInputStream(tokenFile)) {
      token = in.readNBytes(MAX_TOKEN + 1);
    } catch (AccessDeniedException unreadable) {
      FileSystemException told =
          new FileSystemException(
              tokenFile.toString(),
              null,
              "this user may not read it; hand it over with chown, or put it where this user can");
      told.initCause(unreadable);
      throw told;
    }
    if (token.length == 0 || token.length > MAX_TOKEN) {
      throw new Malformed(tokenFile + ": is not a token file");
    }
    return Optional.of(new String(token, StandardCharsets.US_ASCII).strip());
  }
}
