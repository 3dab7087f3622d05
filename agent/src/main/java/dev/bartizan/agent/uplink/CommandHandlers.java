// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.uplink;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.agent.command.CommandProcessor;
import dev.bartizan.agent.command.Reply;
import dev.bartizan.agent.deploy.Updates;
import dev.bartizan.agent.report.Attester;
import dev.bartizan.agent.schedule.BackgroundTask;
import dev.bartizan.agent.schedule.Part;
import dev.bartizan.agent.schedule.Worker;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Base64Url;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.protocol.command.AuthorisedCommand;
import dev.bartizan.protocol.command.Command;
import dev.bartizan.updater.install.ComponentName;
import dev.bartizan.updater.install.DeploymentRequest;
import dev.bartizan.updater.install.Initiator;
import dev.bartizan.updater.install.Installer;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What each command does. Runs in the agent's turn. */
final class CommandHandlers implements CommandProcessor.Executor {

  private final Updates updates;
  private final Installer installer;
  private final Attester evidence;
  private final DeviceStatus status;
  private final DeviceLife life;
  private final Worker worker;

  /** Releases that commands ask for, while the repository is asked for them; by command. */
  private final Map<String, BackgroundTask<DeploymentRequest>> looking = new HashMap<>();

  CommandHandlers(
      Updates updates,
      Installer installer,
      Attester evidence,
      DeviceStatus status,
      DeviceLife life,
      Worker worker) {
    this.worker = worker;
    this.life = life;
    this.updates = updates;
    this.installer = installer;
    this.evidence = evidence;
    this.status = status;
  }

  @Override
  public Optional<Reply> execute(AuthorisedCommand authorised)
      throws IOException, Refusal, InterruptedException {
    Command command = authorised.command();
    Initiator cause = Initiator.command(command.id(), authorised.kid());
    return switch (command.name()) {
      case "update" -> update(command, cause);
      case Command.ROTATE -> life.rotate(command.id());
      case Command.DECOMMISSION -> Optional.of(life.decommission(authorised));
      default -> Optional.of(answer(command, cause));
    };
  }

  /** Ordered once the repository has said what is meant, which may take it long. */
  private Optional<Reply> update(Command command, Initiator initiator)
      throws IOException, Refusal, InterruptedException {
    String id = command.id();
    if (!installer.knows(id)) {
      Optional<String> version = Optional.of(argument(command, "version"));
      ComponentName component = component(command);
      BackgroundTask<DeploymentRequest> task =
          looking.computeIfAbsent(
              id,
              it ->
                  worker.submit(
                      Part.UPLINK,
                      "release for a command",
                      () -> updates.prepare(id, component, version, initiator)));
      if (!task.isDone()) {
        return Optional.empty();
      }
      looking.remove(id);
      installer.request(task.get());
    }
    return Optional.of(Reply.accepted(id));
  }

  private Reply answer(Command command, Initiator initiator) throws IOException, Refusal {
    switch (command.name()) {
      case "rollback" -> {
        installer.rollBack(command.id(), component(command), initiator);
        return Reply.accepted(command.id());
      }
      case "cancel" -> {
        installer.cancel(argument(command, "deployment"), "by command " + command.id());
        return Reply.done(command.id(), StrictJson.object());
      }
      case "attest" -> {
        byte[] report = evidence.report(argument(command, "nonce"));
        ObjectNode result = StrictJson.object().put("report", Base64Url.encode(report));
        return Reply.done(command.id(), result);
      }
      case "status" -> {
        return Reply.done(command.id(), status.document());
      }
      default -> {
        return Reply.unknown(command.id(), command.name());
      }
    }
  }

  /** A model, software of the agent's own, or a suite. */
  private static ComponentName component(Command command) throws Malformed {
    String software = command.arguments().get("software");
    String suite = command.arguments().get("suite");
    try {
      if (suite != null) {
        return ComponentName.suite(suite);
      }
      return software == null
          ? ComponentName.model(argument(command, "model"))
          : ComponentName.software(software);
    } catch (IllegalArgumentException none) {
      throw new Malformed("command " + command.name() + ": " + none.getMessage());
    }
  }

  private static String argument(Command command, String name) throws Malformed {
    String value = command.arguments().get(name);
    if (value == null) {
      throw new Malformed("command " + command.name() + ": argument " + name + " is missing");
    }
    return value;
  }
}
