// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent;

import dev.bartizan.agent.anchor.RollbackAnchor;
import dev.bartizan.agent.boot.BootCheck;
import dev.bartizan.agent.command.CommandProcessor;
import dev.bartizan.agent.mqtt.Outbox;
import dev.bartizan.agent.report.ActiveAlarms;
import dev.bartizan.agent.report.EventPublisher;
import dev.bartizan.agent.report.Measurements;
import dev.bartizan.agent.schedule.Heartbeat;
import dev.bartizan.agent.schedule.Pulse;
import dev.bartizan.agent.schedule.Worker;
import dev.bartizan.agent.serve.ModelService;
import dev.bartizan.agent.system.ServiceManager;
import dev.bartizan.agent.update.DistantPayloads;
import dev.bartizan.agent.update.SoftwareTrial;
import dev.bartizan.agent.vault.ModelLoader;
import dev.bartizan.updater.documents.TrustedDocuments;
import dev.bartizan.updater.install.Installer;
import java.time.Duration;
import java.time.InstantSource;

/** The parts an {@link Agent} works with, as {@link Assembly} put them together. */
record AgentParts(
    TrustedDocuments documents,
    Policy policy,
    BootCheck bootCheck,
    Measurements measurements,
    ModelLoader loader,
    ModelService service,
    Installer installer,
    SoftwareTrial software,
    Updates updates,
    CommandProcessor commands,
    Agent.Link link,
    Outbox outbox,
    ContentKeyMaintenance keys,
    DistantPayloads payloads,
    Worker worker,
    Pulse pulse,
    Heartbeat heartbeat,
    SuiteWatch suites,
    EventPublisher news,
    ActiveAlarms problems,
    StartupDiagnostics findings,
    DeviceStatus facts,
    RollbackAnchor state,
    EventLoop turns,
    ServiceManager manager,
    Duration checkEvery,
    InstantSource clock) {}
