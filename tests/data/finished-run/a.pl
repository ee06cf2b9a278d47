Dzień dobry.
Pada deszcz.
