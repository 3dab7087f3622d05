package dev.bartizan.agent;

import dev.bartizan.agent.anchor.AnchoredState;
import dev.bartizan.agent.boot.BootCheck;
import dev.bartizan.agent.command.CommandDesk;
import dev.bartizan.agent.mqtt.Outbox;
import dev.bartizan.agent.report.Measurements;
import dev.bartizan.agent.report.News;
import dev.bartizan.agent.report.Problems;
import dev.bartizan.agent.serve.ModelService;
import dev.bartizan.agent.system.ServiceManager;
import dev.bartizan.agent.trust.TrustedDocuments;
import dev.bartizan.agent.update.SoftwareTrial;
import dev.bartizan.agent.vault.ModelLoader;
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
    CommandDesk commands,
    Agent.Link link,
    Outbox outbox,
    KeyWatch keys,
    SuiteWatch suites,
    News news,
    Problems problems,
    Findings findings,
    Facts facts,
    AnchoredState state,
    Turns turns,
    ServiceManager manager,
    Duration checkEvery,
    InstantSource clock) {}
