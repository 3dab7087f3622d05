// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.uplink;

import dev.bartizan.agent.command.DecommissionOrder;
import dev.bartizan.agent.command.Reply;
import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.agent.enrol.GrantCheck;
import dev.bartizan.agent.enrol.HttpsEnrolmentService;
import dev.bartizan.agent.identity.Certificates;
import dev.bartizan.agent.identity.Credentials;
import dev.bartizan.agent.renewal.KeyRotation;
import dev.bartizan.agent.renewal.RenewalRefused;
import dev.bartizan.agent.schedule.BackgroundTask;
import dev.bartizan.agent.schedule.Ending;
import dev.bartizan.agent.schedule.Part;
import dev.bartizan.agent.schedule.Worker;
import dev.bartizan.agent.trust.Trust;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.protocol.command.AuthorisedCommand;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.install.Installer;
import java.io.IOException;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The commands that end this daemon: new keys, which the next one opens, and the end of the device.
 * Each is answered first.
 */
final class DeviceLife {
  private final AgentConfig.Fleet fleet;
  private final Disk disk;
  private final Trust trust;
  private final Installer installer;
  private final Worker worker;

  private @Nullable BackgroundTask<Credentials> rotation;
  private Optional<String> ending = Optional.empty();

  DeviceLife(AgentConfig.Fleet fleet, Disk disk, Trust trust, Installer installer, Worker worker) {
    this.fleet = fleet;
    this.disk = disk;
    this.trust = trust;
    this.installer = installer;
    this.worker = worker;
  }

  /** Takes the order on; what follows is done in the place of this daemon. */
  Reply decommission(AuthorisedCommand authorised) throws IOException {
    DecommissionOrder.takeOn(
        disk, authorised, trust.clock().instant().truncatedTo(ChronoUnit.SECONDS));
    ending = Optional.of("decommissioned by command " + authorised.command().id());
    return Reply.accepted(authorised.command().id());
  }

  /**
   * Asks for certificates for new keys, and goes over to them by a new start: whatever holds the
   * present ones lets go of them so. A power cut between the two may do it twice, which harms
   * nothing.
   *
   * @return empty while the server is waited for
   */
  Optional<Reply> rotate(String command) throws IOException, Refusal, InterruptedException {
    if (installer.current().isPresent()) {
      // The new start would count as a crash of what is on probation.
      throw new IOException("a deployment is under way; rotate when it has ended");
    }
    if (rotation == null) {
      rotation = worker.submit(Part.UPLINK, "key rotation", () -> rotation().run());
    }
    if (!rotation.isDone()) {
      return Optional.empty();
    }
    BackgroundTask<Credentials> done = rotation;
    rotation = null;
    Credentials next = done.get();
    next.store(disk);
    ending = Optional.of("going over to new keys, by command " + command);
    String end = next.identityChain().get(0).getNotAfter().toInstant().toString();
    return Optional.of(Reply.done(command, StrictJson.object().put("not_after", end)));
  }

  private KeyRotation rotation() throws IOException, Refusal {
    URI server =
        fleet
            .server()
            .orElseThrow(
                () ->
                    new RenewalRefused(
                        "NO_SERVER", "fleet.server is not configured: nobody certifies new keys"));
    List<X509Certificate> anchors = Certificates.read(fleet.trustAnchors());
    return new KeyRotation(
        trust.foundation()::nextKeystore,
        new HttpsEnrolmentService(server, anchors),
        new GrantCheck(anchors, trust.clock()));
  }

  /** Ends the daemon if a command asked for that and has been answered. */
  void endIfAsked() {
    if (ending.isPresent()) {
      throw new Ending(ending.get());
    }
  }
}
