// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.cli;

import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.agent.config.KeystoreBackend;
import dev.bartizan.agent.identity.Keystores;
import dev.bartizan.agent.report.LogFile;
import dev.bartizan.agent.report.Measurements;
import dev.bartizan.agent.slot.SlotCheck;
import dev.bartizan.agent.trust.BootApprovals;
import dev.bartizan.agent.trust.PinnedRepository;
import dev.bartizan.agent.trust.RollbackAnchor;
import dev.bartizan.agent.world.Host;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Explanation;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.protocol.evidence.AgentEvent;
import dev.bartizan.protocol.evidence.EvidenceWriter;
import dev.bartizan.updater.disk.LinuxDisk;
import dev.bartizan.updater.documents.TrustedDocuments;
import dev.bartizan.updater.install.HistoryHead;
import dev.bartizan.updater.software.AgentVersions;
import dev.bartizan.updater.software.Slot;
import dev.bartizan.updater.software.SlotFault;
import dev.bartizan.updater.software.SlotFolder;
import dev.bartizan.updater.software.SlotRefusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code bartizan check-slot}: what the launcher asks before it starts a version of the agent that
 * lies in the state directory. Not for people: it measures that version, which then has to run.
 */
@Command(
    name = "check-slot",
    hidden = true,
    description = "For the launcher: check a version in the state directory, and measure it.")
final class CheckSlotCommand implements Callable<Integer> {
  /** What nothing else ends with, whatever becomes of the JVM; lib/versions.sh knows it. */
  static final int NOT_AS_SIGNED = 10;

  @Mixin private ConfigOption config = new ConfigOption();

  @Parameters(index = "0", paramLabel = "SLOT")
  @SuppressWarnings("NullAway.Init")
  private String name;

  @Parameters(index = "1", paramLabel = "STATE")
  @SuppressWarnings("NullAway.Init")
  private Path state;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException, Refusal {
    Slot slot =
        Slot.find(name)
            .filter(it -> it != Slot.BASE)
            .orElseThrow(
                () -> new ParameterException(spec.commandLine(), name + ": there is no such slot"));
    AgentConfig settings = config.read();
    try (LinuxDisk disk = LinuxDisk.acquire(settings.device().stateDirectory())) {
      AgentVersions versions = new AgentVersions(disk);
      try {
        requireConfigured(settings);
        examine(slot, settings, disk);
        versions.forgetFault();
        return 0;
      } catch (SlotRefusal refusal) {
        String why = Explanation.of(refusal);
        versions.keep(new SlotFault(slot, SlotFault.Kind.DOES_NOT_HOLD, why));
        spec.commandLine().getErr().println(why);
        return NOT_AS_SIGNED;
      } catch (Refusal unknown) {
        versions.keep(new SlotFault(slot, SlotFault.Kind.NOT_KNOWN, Explanation.of(unknown)));
        throw unknown;
      } catch (IOException unknown) {
        versions.keep(new SlotFault(slot, SlotFault.Kind.NOT_KNOWN, Explanation.of(unknown)));
        throw unknown;
      }
    }
  }

  /** What is looked at has to be what the launcher starts. */
  @TouchesTheWorld("whether two paths lead to one directory")
  private void requireConfigured(AgentConfig settings) throws IOException {
    Path configured = settings.device().stateDirectory();
    if (!Files.isSameFile(configured, state)) {
      throw new IOException(
          "the service manager's state directory is "
              + state
              + ", the configured one "
              + configured);
    }
  }

  private static void examine(Slot slot, AgentConfig settings, LinuxDisk disk)
      throws IOException, Refusal {
    Host host = ConfigOption.host();
    TrustedDocuments documents =
        PinnedRepository.held(settings, disk, host.time(), host.time().clock());
    // Only what has PCRs is opened: a token counts wrong PINs, and the daemon will try its own.
    Optional<DeviceKeystore> tpm =
        settings.keystore().backend() instanceof KeystoreBackend.Tpm2
            ? Optional.of(
                new Keystores(settings, host.random(), host.time().pause())
                    .open(disk, BootApprovals.of(settings, Optional.of(documents))))
            : Optional.empty();
    RollbackAnchor anchored =
        new RollbackAnchor(
            tpm.flatMap(DeviceKeystore::anchor), documents, () -> HistoryHead.NOTHING, disk);
    AgentEvent event =
        new SlotCheck(documents, anchored, disk)
            .examine(slot, SlotFolder.in(settings.device().stateDirectory(), slot, Digest::sha256));
    if (tpm.isPresent()) {
      Measurements measurements =
          new Measurements(
              tpm.get(),
              new EvidenceWriter(tpm.get(), settings.keystore().bootPcrs()),
              LogFile.beside(settings.serve().controlSocket()),
              settings.keystore().agentPcrs());
      // A log that is lost is the daemon's to tell.
      measurements.begin();
      measurements.measure(event);
    }
  }
}
